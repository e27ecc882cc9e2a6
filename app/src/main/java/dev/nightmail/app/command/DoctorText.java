package dev.nightmail.app.command;

import dev.nightmail.app.doctor.Diagnosis;
import dev.nightmail.app.doctor.Diagnosis.Found;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.finding.Finding.AtStart;
import dev.nightmail.journal.finding.Finding.ByHand;
import dev.nightmail.journal.finding.Finding.LineAt;
import dev.nightmail.journal.finding.Finding.Repair;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How findings are shown: two lines each for people, an object each for programs. */
final class DoctorText {

    private DoctorText() {}

    static List<String> lines(Found found, boolean isRepaired) {
        return List.of(
                where(found) + ": " + found.finding().problem(),
                "    " + remedy(found.finding(), isRepaired));
    }

    private static String where(Found found) {
        var finding = found.finding();
        var file = found.batch() == null ? finding.file() : found.batch() + ": " + finding.file();
        return switch (finding.spot()) {
            case null -> file;
            case LineAt(long offset, long line) ->
                    "%s, line %d (byte %d)".formatted(file, line, offset);
            case Finding.ByteAt(long offset) -> "%s, byte %d".formatted(file, offset);
        };
    }

    private static String remedy(Finding finding, boolean isRepaired) {
        return switch (finding.remedy()) {
            case AtStart(var text) -> (isRepaired ? "done: " : "the next start does it: ") + text;
            case Repair(var text) -> (isRepaired ? "repaired: " : "--repair does it: ") + text;
            case ByHand(var text) -> "to do: " + text;
        };
    }

    static String summary(Diagnosis diagnosis) {
        var checked =
                "Checked %s with %s: "
                        .formatted(
                                Figures.counted(diagnosis.batches(), "batch"),
                                Figures.counted(diagnosis.results(), "result"));
        long damages = diagnosis.damages();
        if (damages == 0) {
            return checked + "sound.";
        }
        return checked
                + "%s; --repair mends %d of them."
                        .formatted(Figures.counted(damages, "damage"), diagnosis.repairable());
    }

    static ObjectNode json(Found found, boolean isRepaired) {
        var finding = found.finding();
        var json = JsonMapper.shared().createObjectNode();
        json.put("batch_id", found.batch() == null ? null : found.batch().value());
        json.put("file", finding.file());
        switch (finding.spot()) {
            case null -> json.putNull("offset").putNull("line");
            case LineAt(long offset, long line) -> json.put("offset", offset).put("line", line);
            case Finding.ByteAt(long offset) -> json.put("offset", offset).putNull("line");
        }
        json.put("problem", finding.problem());
        json.put("damage", finding.isDamage());
        json.put("repairable", finding.isRepairable());
        json.put("repaired", isRepaired);
        json.put("remedy", finding.remedy().text());
        return json;
    }

    static ObjectNode json(Diagnosis diagnosis) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("batches", diagnosis.batches());
        json.put("results", diagnosis.results());
        json.put("damages", diagnosis.damages());
        json.put("results_lost", diagnosis.lost());
        return json;
    }
}
