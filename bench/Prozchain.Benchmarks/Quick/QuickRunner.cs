namespace Prozchain.Benchmarks.Quick;

/// <summary>Measures rows, the yardsticks that they need first.</summary>
internal sealed class QuickRunner
{
    private readonly Dictionary<Yardstick, double> _yardsticks = [];

    public IEnumerable<QuickResult> Run(IReadOnlyCollection<QuickRow> rows, string? filter, bool withLong)
    {
        QuickRow[] chosen = [.. rows.Where(row => (withLong || !row.IsLong) && (filter is null || $"{row.Area}/{row.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase)))];
        HashSet<Yardstick> needed = [.. chosen.Select(row => row.Against)];
        foreach (QuickRow row in rows)
            if (chosen.Contains(row) || (row.Is != Yardstick.None && needed.Contains(row.Is)))
                yield return Measure(row);
    }

    private QuickResult Measure(QuickRow row)
    {
        (double value, long? allocated) = row.Count is { } count ? (count(), null) : Time(row, row.Prepare!);
        if (row.Is != Yardstick.None) _yardsticks[row.Is] = value;
        double? yardstick = row.Against == Yardstick.None ? null : row.FromYardstick(_yardsticks[row.Against]);
        double? peerValue = row.Peer?.Prepare is { } peer ? Time(row, peer).Value : row.Peer?.Value;
        double? peerRatio = row.Peer is null ? null : row.Peer.Prepare is null ? row.Peer.Ratio : TimesAsGood(row.Better, peerValue, yardstick);
        double? ratio = TimesAsGood(row.Better, value, yardstick);
        var result = new QuickResult(
            row.Area, row.Name, value, row.Unit, row.Better,
            row.Against == Yardstick.None ? null : row.Against.ToString(), ratio,
            row.Peer?.Name, peerValue, peerRatio,
            row.Floor?.ToString(), null, row.Aim?.ToString(), null, allocated)
        {
            TimesPeer = row.Peer?.Prepare is null ? ratio / peerRatio : TimesAsGood(row.Better, value, peerValue),
        };
        return result with { IsFloorMet = row.Floor?.IsMetBy(result), IsAimMet = row.Aim?.IsMetBy(result) };
    }

    private static (double Value, long? Allocated) Time(QuickRow row, Func<QuickBody> prepare)
    {
        QuickBody body = prepare();
        using IDisposable? owner = body.Owner;
        (double seconds, long allocated) = QuickMeter.Measure(body);
        return (row.Convert(seconds, body.Amount), allocated);
    }

    // More than 1 is always the better side, whichever way the value goes.
    private static double? TimesAsGood(Better better, double? value, double? other) => better == Better.Higher ? value / other : other / value;
}
