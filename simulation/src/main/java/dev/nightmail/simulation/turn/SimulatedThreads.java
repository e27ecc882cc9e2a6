package dev.nightmail.simulation.turn;

import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.engine.thread.Threads;

/** The threads of one process. */
public final class SimulatedThreads implements Threads {

    private final Baton baton;
    private final Life life;

    public SimulatedThreads(Baton baton, Life life) {
        this.baton = baton;
        this.life = life;
    }

    @Override
    public Strand platform(String name, Runnable work) {
        return baton.strand(life, work);
    }

    @Override
    public Strand virtual(String name, Runnable work) {
        return baton.strand(life, work);
    }

    @Override
    public <T> Mailbox<T> mailbox() {
        return new SimulatedMailbox<>(baton);
    }
}
