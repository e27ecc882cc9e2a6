package dev.nightmail.pipeline.source;

/** What a source gives in its turn: a record, or the place of one that cannot be used. */
public sealed interface SourceItem permits SourceRecord, UnusableRecord {}
