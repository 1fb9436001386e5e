namespace Prozchain.Sharding.Committees;

/// <summary>
/// A committee that changes seat by seat gives the adversary a chance at every change: its seats walk up and down until
/// they reach a threshold, if they do. Computes the probability exactly, as a Markov chain over the seats it holds.
/// </summary>
/// <remarks>
/// One change is make-before-break: a ticket from outside joins (n + 1 seats), then one of the n old seats, any with the
/// same probability, leaves. Both moments count, each by the threshold of its size.
/// </remarks>
public static class TrickleWalk
{
    /// <summary>Probability that a committee drawn afresh can be stopped at the start or at any moment of the changes.</summary>
    /// <param name="seats">Seats between changes, at least 1.</param>
    /// <param name="share">The adversary's share of the pool, 0 to 1.</param>
    /// <param name="changes">Seats changed, one after the other, 0 or more.</param>
    /// <param name="pool">Tickets of the pool, more than seats; 0, the default, means many more.</param>
    public static double HaltWithin(int seats, double share, int changes, int pool = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(changes);
        if (pool != 0) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(pool, seats);
        CaptureModel start = CaptureModel.Of(seats, share, pool);
        int bearable = Committee.MaxFaultyOf(seats), bearableWithOneMore = Committee.MaxFaultyOf(seats + 1);
        int adversarial = pool == 0 ? 0 : CaptureModel.AdversarialTickets(share, pool);
        // Probability of each number of seats, never having reached a threshold.
        double[] now = [.. Enumerable.Range(0, bearable + 1).Select(start.Exactly)], next = new double[bearable + 1];
        double halted = start.Halt;
        for (int change = 0; change < changes; change++)
        {
            Array.Clear(next);
            for (int held = 0; held <= bearable; held++)
            {
                double joins = pool == 0 ? share : (double)Math.Max(0, adversarial - held) / (pool - seats), leaves = (double)held / seats;
                Move(now[held] * (1 - joins), held, leaves);
                if (held + 1 > bearableWithOneMore) halted += now[held] * joins;
                else Move(now[held] * joins, held + 1, leaves);
            }
            (now, next) = (next, now);
        }
        return Math.Min(1, halted);

        void Move(double probability, int held, double leaves)
        {
            if (held > 0) next[held - 1] += probability * leaves;
            if (held > bearable) halted += probability * (1 - leaves);
            else next[held] += probability * (1 - leaves);
        }
    }
}
