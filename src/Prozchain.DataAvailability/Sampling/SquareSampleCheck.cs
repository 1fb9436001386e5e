using System.Diagnostics;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Cells of a square, numbered row by row, in the format of docs/formats/da-share.md.</summary>
public sealed class SquareSampleCheck : ISampleCheck<CheckedCell>
{
    /// <summary>Checks against a header.</summary>
    /// <param name="header">The square, whose data root the caller trusts.</param>
    public SquareSampleCheck(SquareHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        SquareParameters square = header.Parameters;
        Header = header;
        DataRoot = header.DataRoot.ToArray();
        Scheme = SamplingScheme.Square(square.DataWidth, square.CellSize, square.Tree.RootSize);
    }

    /// <summary>The square that is sampled.</summary>
    public SquareHeader Header { get; }

    /// <inheritdoc/>
    public SamplingScheme Scheme { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> DataRoot { get; }

    /// <inheritdoc/>
    public CellCoordinate Locate(int number) => new(number / Header.Parameters.Width, number % Header.Parameters.Width);

    /// <inheritdoc/>
    public SampleOutcome Check(CellCoordinate at, ReadOnlySpan<byte> answer, out CheckedCell? sample)
    {
        sample = null;
        if (Share.TryRead(answer, out Share? share) != ReadResult.Ok || share is null) return SampleOutcome.Malformed;
        if (share.Proof.Coordinate != at) return SampleOutcome.WrongCell;
        return share.TryCheck(Header, out sample) switch
        {
            CellCheck.Valid => SampleOutcome.Accepted,
            CellCheck.WrongSize => SampleOutcome.WrongSize,
            CellCheck.BadProof => SampleOutcome.BadProof,
            _ => throw new UnreachableException(),
        };
    }
}
