package dev.nightmail.pipeline.simulation;

/** What is wrong on purpose, so that one can see the simulation find it. */
public enum Defect {
    NONE,
    /** A batch that was refused stays intended. */
    FORGETS_TO_TAKE_BACK,
    /** What a group of results cost is charged twice. */
    CHARGES_A_GROUP_TWICE,
    /** A batch in doubt is not found where it is looked for, and so sent again. */
    SENDS_BEFORE_DOUBT_IS_SETTLED,
    /** A process does not know what its predecessor had intended. */
    FORGETS_DOUBT,
    /** A batch of somebody else's of the same size is taken for ours. */
    TAKES_THE_FIRST_CANDIDATE,
    /** An answer goes to the record beside the one it is for. */
    MIXES_UP_ANSWERS,
    /** The file of a batch is not on stable storage when it should be. */
    DOES_NOT_FLUSH,
    /** The sink notes how far it is only after it has written the answers. */
    SINK_DELIVERS_AGAIN,
    /** A record whose prompt changes forgets the batch that carried it. */
    FORGETS_SUPERSEDED,
    /** A record that is not asked, since another is, is not written down as waiting for that. */
    FORGETS_FOLLOWERS,
    /** A process does not know what its predecessor sent as the pilot. */
    FORGETS_PILOT
}
