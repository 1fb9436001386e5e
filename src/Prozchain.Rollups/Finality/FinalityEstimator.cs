namespace Prozchain.Rollups.Finality;

/// <summary>What to tell people who wait. Durations are seconds from now.</summary>
/// <param name="Status">How far the claim is.</param>
/// <param name="ConfidencePpm">How many of a million such claims became final: counted, with one of each outcome added.</param>
/// <param name="Earliest">Before that it cannot be.</param>
/// <param name="Median">Half of those that waited as long took at most so much longer.</param>
/// <param name="P90">Nine in ten did.</param>
/// <param name="P99">Ninety-nine in a hundred did.</param>
/// <param name="Latest">After that everybody may leave with the last final state.</param>
public readonly record struct FinalityEstimate(FinalityStatus Status, int ConfidencePpm, ulong Earliest, ulong Median, ulong P90, ulong P99, ulong Latest);

/// <summary>Estimates how long claims have to wait, from how long others did: the last <see cref="Window"/> of them, so its memory is bounded. Integers throughout; same claims, same answers. Not thread-safe.</summary>
/// <param name="lane">The claims.</param>
public sealed class FinalityEstimator(FinalityLane lane)
{
    /// <summary>How many finished claims are remembered.</summary>
    public const int Window = 512;

    private readonly Queue<ulong> _inOrder = new();
    private readonly List<ulong> _sorted = [];
    private readonly long[] _final = new long[3], _rejected = new long[3];
    private readonly Dictionary<int, FinalityStatus> _open = [];
    private int _known;

    /// <summary>Looks at the lane: notes how far claims are and which have ended. To be called after the lane has changed.</summary>
    public void Observe()
    {
        for (; _known < lane.Claims.Count; _known++) _open.Add(_known, FinalityStatus.Proposed);
        foreach (int id in _open.Keys.ToArray())
        {
            FinalityClaim claim = lane.Claims[id];
            if (claim.IsLive)
            {
                _open[id] = claim.Status;
                continue;
            }
            (claim.IsRejected ? _rejected : _final)[(int)_open[id]]++;
            _open.Remove(id);
            if (claim.FinalAt is { } finalAt) Add(finalAt - claim.ProposedAt);
        }
    }

    /// <summary>What to expect of a claim.</summary>
    public FinalityEstimate Estimate(FinalityClaim claim, ulong now)
    {
        if (claim.FinalAt is not null) return new FinalityEstimate(claim.Status, 1_000_000, 0, 0, 0, 0, 0);
        ulong latest = Remaining(lane.LastFinalAt + lane.Exit.Seconds, now);
        if (claim.IsRejected) return new FinalityEstimate(claim.Status, 0, 0, 0, 0, 0, latest);
        ulong earliest = 0, age = now - claim.ProposedAt;
        for (FinalityClaim? each = claim; each is { FinalAt: null }; each = each.Parent) earliest = Math.Max(earliest, Earliest(each, now));
        long final = _final[(int)claim.Status], all = final + _rejected[(int)claim.Status];
        return new FinalityEstimate(claim.Status, (int)((final + 1) * 1_000_000 / (all + 2)), earliest, Quantile(500), Quantile(900), Quantile(990), latest);

        // Of those that took longer than this one has waited already; where there is none, nothing is known but the bounds.
        ulong Quantile(int permille)
        {
            int from = _sorted.BinarySearch(age);
            from = from < 0 ? ~from : from;
            int count = _sorted.Count - from;
            if (count == 0) return permille <= 500 ? earliest : Math.Max(earliest, latest);
            ulong taken = _sorted[from + (int)((long)(count - 1) * permille / 1_000)];
            return Math.Max(earliest, taken - age);
        }
    }

    // A claim that waits for a proof may get it at once.
    private ulong Earliest(FinalityClaim claim, ulong now)
    {
        if (lane.DueAt(claim) is { } due && (claim.ProvenAt is not null || lane.Parameters.Mode == FinalityMode.Optimistic)) return Remaining(due, now);
        ulong waited = Remaining(claim.ProposedAt + lane.Parameters.OptimisticPeriod, now);
        return lane.Parameters.Mode switch
        {
            FinalityMode.Optimistic => waited,
            FinalityMode.Validity => lane.Parameters.ValidityDelay,
            _ => Math.Min(waited, lane.Parameters.ValidityDelay),
        };
    }

    private static ulong Remaining(ulong at, ulong now) => at > now ? at - now : 0;

    private void Add(ulong duration)
    {
        if (_inOrder.Count == Window) _sorted.RemoveAt(_sorted.BinarySearch(_inOrder.Dequeue()));
        _inOrder.Enqueue(duration);
        int at = _sorted.BinarySearch(duration);
        _sorted.Insert(at < 0 ? ~at : at, duration);
    }
}
