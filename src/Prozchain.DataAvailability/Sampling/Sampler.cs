using System.Diagnostics;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// The protocol of a light client as a state machine: which cell to ask for next, and what an answer is worth.
/// A cell that failed stays the next one, because replacing it is what a withholder hopes for.
/// Not safe for concurrent use.
/// </summary>
public sealed class Sampler
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedSize = 32;

    private readonly List<CheckedCell> _cells = [];
    private readonly DistinctDraw _draw;
    private CellCoordinate? _pending;

    /// <summary>Starts without any sample.</summary>
    /// <param name="header">The square, whose data root the caller trusts.</param>
    /// <param name="seed">32 bytes that fix the cells drawn. Fresh from a secure random source: who knows it can serve just these cells.</param>
    /// <exception cref="ArgumentException">The seed has another length.</exception>
    public Sampler(SquareHeader header, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (seed.Length != SeedSize) throw new ArgumentException($"Expected a seed of {SeedSize} bytes, got {seed.Length}.", nameof(seed));
        Header = header;
        _draw = new DistinctDraw(seed, header.Parameters.CellCount);
    }

    /// <summary>The square that is sampled.</summary>
    public SquareHeader Header { get; }

    /// <summary>The cells accepted so far, in the order drawn.</summary>
    public IReadOnlyList<CheckedCell> Cells => _cells;

    /// <summary>Bound on the chance that all of this succeeded although the square cannot be recovered.</summary>
    public double MissProbability { get; private set; } = 1;

    /// <summary>1 - <see cref="MissProbability"/>, rounded down.</summary>
    public double Confidence => SamplingConfidence.Complement(MissProbability);

    /// <summary>The cell to ask for: the last one again if it has not been accepted. False if every cell of the square was accepted.</summary>
    public bool TryNext(out CellCoordinate coordinate)
    {
        if (_pending is null && _draw.TryNext(out int number))
            _pending = new CellCoordinate(number / Header.Parameters.Width, number % Header.Parameters.Width);
        coordinate = _pending.GetValueOrDefault();
        return _pending is not null;
    }

    /// <summary>Judges an answer to the cell that <see cref="TryNext"/> named.</summary>
    /// <param name="status">How the source answered.</param>
    /// <param name="share">What it wrote; untrusted.</param>
    /// <exception cref="InvalidOperationException">No cell was asked for.</exception>
    public SampleReport Submit(ShareStatus status, ReadOnlySpan<byte> share)
    {
        if (_pending is not { } pending) throw new InvalidOperationException("Expected a cell that TryNext has named, got an answer without one.");
        SampleOutcome outcome = Judge(pending, status, share);
        if (outcome == SampleOutcome.Accepted) _pending = null;
        return new SampleReport(pending, outcome, _cells.Count, Confidence);
    }

    private SampleOutcome Judge(CellCoordinate pending, ShareStatus status, ReadOnlySpan<byte> bytes)
    {
        switch (status)
        {
            case ShareStatus.Served: break;
            case ShareStatus.Missing: return SampleOutcome.Missing;
            case ShareStatus.TimedOut: return SampleOutcome.TimedOut;
            default: return SampleOutcome.Failed;
        }
        if (Share.TryRead(bytes, out Share? share) != ReadResult.Ok || share is null) return SampleOutcome.Malformed;
        if (share.Proof.Coordinate != pending) return SampleOutcome.WrongCell;
        switch (share.TryCheck(Header, out CheckedCell? cell))
        {
            case CellCheck.Valid when cell is not null:
                SquareParameters square = Header.Parameters;
                MissProbability = SamplingConfidence.Next(
                    MissProbability, square.CellCount, SamplingConfidence.Unrecoverable(square.DataWidth), _cells.Count);
                _cells.Add(cell);
                return SampleOutcome.Accepted;
            case CellCheck.WrongSize: return SampleOutcome.WrongSize;
            case CellCheck.BadProof: return SampleOutcome.BadProof;
            default: throw new UnreachableException();
        }
    }
}
