package dev.nightmail.app.command;

import dev.nightmail.app.doctor.Diagnosis;
import dev.nightmail.app.doctor.Diagnosis.Found;
import dev.nightmail.app.doctor.Doctor;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.journal.DataFolderLock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor}: whether a data folder is sound, and what can be done if not. */
@Command(
        name = "doctor",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Check a data folder: say what is wrong, and repair what can be proven.",
            "",
            "Every byte is read: requests, results, their indexes and the catalog,",
            "each held against the others."
        },
        footer = {
            "",
            "Stop the server first, or check a copy of its folder. Without --repair",
            "nothing is changed. Exit code 1: damage remains.",
            "With --json: one finding a line, and a last line that sums up."
        })
public final class DoctorCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Option(
            names = "--repair",
            description = {
                "Put right what follows from what else is there, and",
                "do now what the next start would do."
            })
    private boolean repair;

    @Option(
            names = "--write-off",
            description = {
                "Repair, then make errored results of answers that are",
                "lost, so that the others can be downloaded and these",
                "be sent again. What is left of them is kept aside."
            })
    private boolean writeOff;

    @Mixin private DataFolder data = new DataFolder();
    @Mixin private CommonOptions common = new CommonOptions();

    public DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        var folder = data.existing(surroundings);
        try (var _ = DataFolderLock.acquire(folder)) {
            var last = treat(new Doctor(folder));
            if (common.json()) {
                console.json(DoctorText.json(last));
            } else {
                console.result(DoctorText.summary(last));
            }
            return last.damages() == 0 ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private Diagnosis treat(Doctor doctor) {
        var found = doctor.examine();
        if (!repair && !writeOff) {
            tell(found.all(), false);
            return found;
        }
        doctor.repair(found);
        var repaired = doctor.examine();
        tell(found.repairedIn(repaired), true);
        if (writeOff && repaired.lost() > 0) {
            console.note(
                    "%s of %s written off: each is an errored result now."
                            .formatted(
                                    doctor.writeOff(), Figures.counted(repaired.lost(), "result")));
            repaired = doctor.examine();
        }
        tell(repaired.all(), false);
        return repaired;
    }

    private void tell(List<Found> findings, boolean isRepaired) {
        for (var found : findings) {
            if (common.json()) {
                console.json(DoctorText.json(found, isRepaired));
            } else {
                DoctorText.lines(found, isRepaired).forEach(console::result);
            }
        }
    }
}
