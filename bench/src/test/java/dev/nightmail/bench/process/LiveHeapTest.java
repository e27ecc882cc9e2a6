package dev.nightmail.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveHeapTest {

    private static final String HISTOGRAM =
            """
            12345:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:         75312        9311024  [B (java.base@25.0.3)
               2:          1100         900000  [Ljdk.internal.vm.FillerElement; (java.base@25.0.3)
               3:         70001        1680024  java.lang.String (java.base@25.0.3)
               4:             3             48  jdk.internal.vm.FillerObject (java.base@25.0.3)
            Total        146416       11891096
            """;

    @Test
    void whatFillsGapsIsNotAlive() {
        assertThat(LiveHeap.of(HISTOGRAM)).isEqualTo(new Bytes(9_311_024 + 1_680_024));
    }
}
