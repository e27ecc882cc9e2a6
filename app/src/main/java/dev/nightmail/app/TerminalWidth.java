package dev.nightmail.app;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How wide the terminal at standard error is now: windows change while a run goes on, and a line
 * drawn for a wider one would wrap and stay. The system is asked ({@code ioctl}, {@code
 * TIOCGWINSZ}); where it does not tell, the launcher's figure counts.
 */
final class TerminalWidth {

    private static final int STANDARD_ERROR = 2;

    /** {@code asm-generic/ioctls.h}. */
    private static final long REQUEST_ON_LINUX = 0x5413;

    /** {@code sys/ttycom.h}. */
    private static final long REQUEST_ON_MACOS = 0x40087468L;

    /** {@code struct winsize}: rows, columns, and two more, unsigned shorts all. */
    private static final int WINSIZE_BYTES = 8;

    private static final int COLUMNS_AT = 2;

    private static final @Nullable MethodHandle IOCTL = ioctl();

    private TerminalWidth() {}

    private static @Nullable MethodHandle ioctl() {
        try {
            var linker = Linker.nativeLinker();
            return linker.defaultLookup()
                    .find("ioctl")
                    .map(symbol ->
                            linker.downcallHandle(
                                    symbol,
                                    FunctionDescriptor.of(
                                            ValueLayout.JAVA_INT,
                                            ValueLayout.JAVA_INT,
                                            ValueLayout.JAVA_LONG,
                                            ValueLayout.ADDRESS),
                                    Linker.Option.firstVariadicArg(2)))
                    .orElse(null);
        } catch (RuntimeException _) {
            // No native access, or a system that links otherwise.
            return null;
        }
    }

    /** Empty if standard error is no terminal, or nobody tells. */
    static OptionalInt now() {
        var ioctl = IOCTL;
        if (ioctl == null) {
            return OptionalInt.empty();
        }
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
        long request = mac ? REQUEST_ON_MACOS : REQUEST_ON_LINUX;
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(WINSIZE_BYTES);
            int failed = (int) ioctl.invokeExact(STANDARD_ERROR, request, size);
            int columns = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, COLUMNS_AT));
            return failed == 0 && columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
        } catch (Throwable _) {
            // invokeExact declares it, and nothing of ours throws here.
            return OptionalInt.empty();
        }
    }
}
