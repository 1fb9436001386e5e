namespace Prozchain.Sharding.Committees;

/// <summary>Turns <see cref="CaptureModel"/> around: the committee that a bound asks for, and the adversary that a committee bears.</summary>
public static class CaptureSizing
{
    /// <summary>
    /// The smallest committee for which an event is at most so probable in one draw. Not every larger one is as good:
    /// what n = 3f + 1 seats bear, 3f + 2 may not.
    /// </summary>
    /// <param name="share">The adversary's share of the pool, 0 to 1.</param>
    /// <param name="what">The event.</param>
    /// <param name="perDraw">The probability allowed, above 0.</param>
    /// <param name="pool">Tickets of the pool; 0, the default, means many more than seats.</param>
    /// <param name="from">The smallest size to consider.</param>
    /// <returns>Null if no committee of at most 4,096 seats does.</returns>
    public static int? SmallestCommittee(double share, CaptureEvent what, double perDraw, int pool = 0, int from = 1)
    {
        if (!(perDraw > 0)) throw new ArgumentOutOfRangeException(nameof(perDraw), perDraw, "Expected a probability above 0.");
        int most = pool == 0 ? Wire.WireLimits.MaxMembers : Math.Min(pool, Wire.WireLimits.MaxMembers);
        for (int seats = Math.Max(from, 1); seats <= most; seats++)
            if (CaptureModel.Of(seats, share, pool).AtLeast(CaptureModel.ThresholdOf(what, seats)) <= perDraw) return seats;
        return null;
    }

    /// <summary>The largest share of the pool against which an event stays at most so probable in one draw, to 1e-9 (to one ticket of a finite pool); found by bisection.</summary>
    /// <param name="seats">Seats of the committee, at least 1.</param>
    /// <param name="what">The event.</param>
    /// <param name="perDraw">The probability allowed, above 0.</param>
    /// <param name="pool">Tickets of the pool; 0, the default, means many more than seats.</param>
    public static double LargestShare(int seats, CaptureEvent what, double perDraw, int pool = 0)
    {
        if (!(perDraw > 0)) throw new ArgumentOutOfRangeException(nameof(perDraw), perDraw, "Expected a probability above 0.");
        int threshold = CaptureModel.ThresholdOf(what, seats);
        double borne = 0, tooMuch = 1;
        while (tooMuch - borne > 1e-9)
        {
            double middle = (borne + tooMuch) / 2;
            if (CaptureModel.Of(seats, middle, pool).AtLeast(threshold) <= perDraw) borne = middle; else tooMuch = middle;
        }
        return borne;
    }
}
