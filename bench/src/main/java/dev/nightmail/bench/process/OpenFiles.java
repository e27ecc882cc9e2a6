package dev.nightmail.bench.process;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.nightmail.bench.measure.BenchmarkFailure;
import java.lang.management.ManagementFactory;

/** How many files and connections a process may have open. Those that we start inherit it. */
public final class OpenFiles {

    private OpenFiles() {}

    /**
     * @throws BenchmarkFailure if the system allows fewer
     */
    public static void requireAtLeast(int files) {
        var system = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
        // A virtual machine raises its own limit as far as it may, so this is the hard one.
        if (system != null && system.getMaxFileDescriptorCount() < files) {
            throw new BenchmarkFailure(
                    "%,d open files are needed in one process and %,d are allowed: raise the hard limit first, with ulimit -Hn %d as root"
                            .formatted(files, system.getMaxFileDescriptorCount(), files));
        }
    }
}
