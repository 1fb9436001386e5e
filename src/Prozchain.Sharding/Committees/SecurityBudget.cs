namespace Prozchain.Sharding.Committees;

/// <summary>How often the committees of a network may fail in a year, and against whom.</summary>
/// <remarks>
/// Failures a year are at most shards × draws of a year × probability of one draw, times 2^t if t reveals of the
/// randomness can be withheld after looking (the adversary picks the best of 2^t seeds).
/// </remarks>
public sealed record SecurityBudget
{
    /// <summary>The adversary's share of seats, above 0 and below 1/3. A cap on stake makes it more than the share of stake: <see cref="StakeCap.SeatShare"/>.</summary>
    public required double AdversaryShare { get; init; }

    /// <summary>Halts a year in the whole network that are acceptable, above 0; each is answered by a fresh draw.</summary>
    public required double MaxHaltsPerYear { get; init; }

    /// <summary>Forged certificates a year in the whole network that are acceptable, above 0.</summary>
    public required double MaxForgeriesPerYear { get; init; }

    /// <summary>Shards, 1 to 1,024. Default 64.</summary>
    public int Shards { get; init; } = 64;

    /// <summary>Time from one draw to the next. Default 6 hours.</summary>
    public TimeSpan Epoch { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Reveals that the adversary can withhold after seeing what they would give, t; 0 to 64. Default 0: the randomness cannot be ground.</summary>
    public int GrindableReveals { get; init; }

    /// <summary>Tickets of the pool; 0, the default, means many more than seats, which is the worse case.</summary>
    public int PoolTickets { get; init; }

    /// <summary>Seats of a committee that change one by one within an epoch, each a chance of its own; 0, the default, for committees that change as a whole.</summary>
    public int SeatChangesPerEpoch { get; init; }

    /// <summary>Draws a year over all shards, each multiplied by the seeds that the adversary can choose from.</summary>
    public double DrawsPerYear => Shards * (TimeSpan.FromDays(365.25) / Epoch) * Math.ScaleB(1, GrindableReveals);

    /// <summary>Expected events a year, an upper bound on the probability of one.</summary>
    /// <param name="what">The event.</param>
    /// <param name="seats">Seats of every committee, at least 1, at most the pool.</param>
    public double PerYear(CaptureEvent what, int seats)
    {
        Check();
        CaptureModel model = CaptureModel.Of(seats, AdversaryShare, PoolTickets);
        if (SeatChangesPerEpoch == 0) return DrawsPerYear * (what == CaptureEvent.Halt ? model.Halt : model.Forge);
        // A forger holds a quorum at some moment; the sum over moments bounds it, and for halts the walk is exact.
        return DrawsPerYear * (what == CaptureEvent.Halt
            ? TrickleWalk.HaltWithin(seats, AdversaryShare, SeatChangesPerEpoch, PoolTickets)
            : model.Forge + SeatChangesPerEpoch * (model.Forge + CaptureModel.Of(seats + 1, AdversaryShare, PoolTickets).Forge));
    }

    /// <summary>True if committees of this size stay within both bounds.</summary>
    /// <param name="seats">Seats of every committee.</param>
    public bool IsMetBy(int seats) =>
        seats >= 1 && (PoolTickets == 0 || seats + Math.Min(1, SeatChangesPerEpoch) <= PoolTickets)
        && PerYear(CaptureEvent.Forge, seats) <= MaxForgeriesPerYear && PerYear(CaptureEvent.Halt, seats) <= MaxHaltsPerYear;

    /// <summary>The smallest committee, from a size on, that stays within both bounds; null if none of at most 4,096 seats does.</summary>
    /// <param name="from">The smallest size to consider.</param>
    public int? SmallestCommittee(int from = 1)
    {
        Check();
        int? halt = CaptureSizing.SmallestCommittee(AdversaryShare, CaptureEvent.Halt, MaxHaltsPerYear / DrawsPerYear, PoolTickets, from);
        for (int seats = halt ?? int.MaxValue; seats <= Wire.WireLimits.MaxMembers; seats++)
            if (IsMetBy(seats)) return seats;
        return null;
    }

    /// <summary>The largest share of seats against which committees of this size would stay within both bounds, by bisection to 1e-6.</summary>
    /// <param name="seats">Seats of every committee.</param>
    public double TolerableShare(int seats)
    {
        double borne = 0, tooMuch = 1.0 / 3;
        while (tooMuch - borne > 1e-6)
        {
            double middle = (borne + tooMuch) / 2;
            if ((this with { AdversaryShare = middle }).IsMetBy(seats)) borne = middle; else tooMuch = middle;
        }
        return borne;
    }

    internal void Check()
    {
        if (!(AdversaryShare is > 0 and < 1.0 / 3)) throw new ArgumentException($"Expected an adversary's share above 0 and below 1/3, got {AdversaryShare}.");
        if (!(MaxHaltsPerYear > 0 && MaxForgeriesPerYear > 0)) throw new ArgumentException($"Expected bounds above 0, got {MaxHaltsPerYear} halts and {MaxForgeriesPerYear} forgeries a year.");
        if (Shards is < 1 or > Layout.ShardLayout.MaxShards) throw new ArgumentException($"Expected 1 to {Layout.ShardLayout.MaxShards} shards, got {Shards}.");
        if (Epoch <= TimeSpan.Zero) throw new ArgumentException($"Expected an epoch longer than zero, got {Epoch}.");
        if (GrindableReveals is < 0 or > 64) throw new ArgumentException($"Expected 0 to 64 grindable reveals, got {GrindableReveals}.");
        if (PoolTickets < 0 || SeatChangesPerEpoch < 0) throw new ArgumentException($"Expected a pool and seat changes of 0 or more, got {PoolTickets} and {SeatChangesPerEpoch}.");
    }
}
