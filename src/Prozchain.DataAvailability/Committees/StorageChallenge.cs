using System.Security.Cryptography;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Committees;

/// <summary>
/// Asks a node, which cannot foresee it, for cells of the columns that it keeps. Immutable; everyone who knows the random value computes the
/// same one.
/// </summary>
/// <remarks>
/// An answer holds the cells themselves with their paths to the data root, so it proves that the content was at hand within the answer's window.
/// It does not prove that the node stored it itself: it may have fetched it from others in that time, so choose a window in
/// which fetching costs more than keeping. A node that has dropped d of its N cells passes c cells with <see cref="PassProbability"/>.
/// </remarks>
public sealed class StorageChallenge
{
    private readonly CellCoordinate[] _cells;

    /// <summary>Draws the cells: distinct ones, from SHA-256 of a domain, the random value, the data root and the node.</summary>
    /// <param name="header">The square, whose data root the caller trusts.</param>
    /// <param name="beacon">32 random bytes that nobody knew when the data was stored.</param>
    /// <param name="nodeId">The node, 32 bytes.</param>
    /// <param name="columns">The columns that it keeps, distinct, in any order.</param>
    /// <param name="count">Cells to ask for: at least 1, at most all of those columns.</param>
    /// <exception cref="ArgumentException">A length, column or count is out of its range.</exception>
    public StorageChallenge(SquareHeader header, ReadOnlySpan<byte> beacon, ReadOnlySpan<byte> nodeId, IReadOnlyList<int> columns, int count)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(columns);
        int width = header.Parameters.Width;
        if (beacon.Length != 32) throw new ArgumentException($"Expected 32 bytes, got {beacon.Length}.", nameof(beacon));
        if (nodeId.Length != CustodyRules.NodeIdSize) throw new ArgumentException($"Expected {CustodyRules.NodeIdSize} bytes, got {nodeId.Length}.", nameof(nodeId));
        if (columns.Count == 0 || columns.Any(column => column < 0 || column >= width) || columns.Distinct().Count() != columns.Count)
            throw new ArgumentException($"Expected distinct columns below {width}, got {string.Join(", ", columns.Take(16))}.", nameof(columns));
        if (count < 1 || count > columns.Count * width) throw new ArgumentException($"Expected 1 to {columns.Count * width} cells, got {count}.", nameof(count));
        Header = header;
        NodeId = nodeId.ToArray();
        int[] ascending = [.. columns.Order()];
        byte[] seed = SHA256.HashData([.. "Prozchain.DataAvailability challenge 0"u8, .. beacon, .. header.DataRoot, .. nodeId]);
        var draw = new DistinctDraw(seed, columns.Count * width);
        _cells = new CellCoordinate[count];
        for (int i = 0; i < count && draw.TryNext(out int number); i++) _cells[i] = new(number % width, ascending[number / width]);
    }

    /// <summary>The square.</summary>
    public SquareHeader Header { get; }

    /// <summary>Who is asked, 32 bytes.</summary>
    public ReadOnlyMemory<byte> NodeId { get; }

    /// <summary>The cells, in the order in which the answer gives them.</summary>
    public IReadOnlyList<CellCoordinate> Cells => _cells;

    /// <summary>Checks an untrusted answer.</summary>
    public ChallengeResult Check(IReadOnlyList<Share> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Count != _cells.Length) return ChallengeResult.WrongCount;
        for (int i = 0; i < _cells.Length; i++)
        {
            if (answer[i].Proof.Coordinate != _cells[i]) return ChallengeResult.WrongCell;
            if (answer[i].TryCheck(Header, out _) != CellCheck.Valid) return ChallengeResult.BadProof;
        }
        return ChallengeResult.Passed;
    }

    /// <summary>Chance that a node which has dropped some of its cells passes: that none of them is asked for. Rounded up.</summary>
    /// <param name="kept">Cells that it ought to keep.</param>
    /// <param name="dropped">Cells that it dropped.</param>
    /// <param name="asked">Cells of a challenge.</param>
    /// <param name="challenges">Independent challenges, each of which it has to pass.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double PassProbability(long kept, long dropped, long asked, int challenges = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(challenges, 0);
        double one = SamplingConfidence.MissProbability(kept, dropped, asked), all = 1;
        for (int i = 0; i < challenges && all > 0; i++) all = Math.Min(1, Math.BitIncrement(all * one));
        return one == 0 && challenges > 0 ? 0 : all;
    }
}
