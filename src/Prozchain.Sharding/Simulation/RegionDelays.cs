namespace Prozchain.Sharding.Simulation;

/// <summary>One-way delays between regions, microseconds. A node lies in a region; within one there is a delay too.</summary>
public sealed class RegionDelays
{
    private readonly int[] _micros;

    private RegionDelays(int count, int[] micros)
    {
        Count = count;
        _micros = micros;
    }

    /// <summary>Number of regions.</summary>
    public int Count { get; }

    /// <summary>One region: the same delay between any two nodes.</summary>
    /// <param name="oneWayMicroseconds">0 to 10^9.</param>
    /// <exception cref="ArgumentException">A delay out of its range.</exception>
    public static RegionDelays Uniform(int oneWayMicroseconds) => FromRows([[oneWayMicroseconds]]);

    /// <summary>A square matrix of one-way delays, which need not be symmetric.</summary>
    /// <param name="rows">Row: the sender's region; column: the receiver's. Microseconds, each 0 to 10^9.</param>
    /// <exception cref="ArgumentException">Not a square matrix, or a delay out of its range.</exception>
    public static RegionDelays FromRows(params IReadOnlyList<IReadOnlyList<int>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0) throw new ArgumentException("Expected at least one region, got none.", nameof(rows));
        var micros = new int[rows.Count * rows.Count];
        for (int from = 0; from < rows.Count; from++)
        {
            if (rows[from].Count != rows.Count) throw new ArgumentException($"Expected {rows.Count} delays in row {from}, got {rows[from].Count}.", nameof(rows));
            for (int to = 0; to < rows.Count; to++)
            {
                int delay = rows[from][to];
                if (delay is < 0 or > 1_000_000_000) throw new ArgumentException($"Expected 0 to 10^9 microseconds, got {delay}.", nameof(rows));
                micros[from * rows.Count + to] = delay;
            }
        }
        return new RegionDelays(rows.Count, micros);
    }

    /// <summary>The delay of one direction, microseconds.</summary>
    /// <param name="from">The sender's region.</param>
    /// <param name="to">The receiver's region.</param>
    public int Between(int from, int to) => _micros[from * Count + to];
}
