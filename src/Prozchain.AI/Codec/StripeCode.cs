using System.Diagnostics;
using Prozchain.Shared;

namespace Prozchain.AI.Codec;

/// <summary>
/// A systematic maximum-distance-separable erasure code over GF(2^8), polynomial 0x11D: <see cref="DataPieces"/> pieces
/// of data give <see cref="ParityPieces"/> pieces of parity of the same length, and any <see cref="DataPieces"/> of all of
/// them give back the rest. The parity matrix is Cauchy's: row j, column i holds 1 / ((k + j) xor i), so that every square
/// submatrix is regular. It repairs erasures, not errors: whoever calls it knows which pieces are good.
/// </summary>
/// <remarks>
/// Pieces lie one behind another in the caller's spans. Immutable and safe for concurrent use; no member allocates.
/// Scalar: the oracle of faster kernels.
/// </remarks>
public sealed class StripeCode
{
    /// <summary>Most pieces, data and parity together, that a stripe can have.</summary>
    public const int MaxPieces = 255;

    /// <summary>Makes the code for stripes of so many pieces.</summary>
    /// <param name="dataPieces">k, at least 1.</param>
    /// <param name="parityPieces">m, at least 1; k + m is at most <see cref="MaxPieces"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of its range.</exception>
    public StripeCode(int dataPieces = 16, int parityPieces = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dataPieces, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(parityPieces, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)dataPieces + parityPieces, MaxPieces, nameof(parityPieces));
        DataPieces = dataPieces;
        ParityPieces = parityPieces;
    }

    /// <summary>Pieces of data in a stripe, k.</summary>
    public int DataPieces { get; }

    /// <summary>Pieces of parity in a stripe, m: as many pieces as may be lost.</summary>
    public int ParityPieces { get; }

    /// <summary>All pieces of a stripe, k + m.</summary>
    public int TotalPieces => DataPieces + ParityPieces;

    /// <summary>Computes all parity pieces.</summary>
    /// <param name="data">The data pieces, k times the length of a piece.</param>
    /// <param name="parity">Receives the parity pieces, m times the length of a piece. Does not overlap the data.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or the spans overlap.</exception>
    public void Encode(ReadOnlySpan<byte> data, Span<byte> parity)
    {
        int length = CheckLengths(data, parity.Length);
        if (data.Overlaps(parity)) throw new ArgumentException("Expected parity that does not overlap the data.", nameof(parity));
        for (int j = 0; j < ParityPieces; j++) EncodeRow(data, j, parity.Slice(j * length, length));
    }

    /// <summary>Computes one parity piece.</summary>
    /// <param name="data">The data pieces, k times the length of a piece.</param>
    /// <param name="parityIndex">Which one, 0 to m - 1.</param>
    /// <param name="piece">Receives it. Does not overlap the data.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or the spans overlap.</exception>
    public void EncodePiece(ReadOnlySpan<byte> data, int parityIndex, Span<byte> piece)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parityIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(parityIndex, ParityPieces);
        CheckLengths(data, (long)piece.Length * ParityPieces);
        if (data.Overlaps(piece)) throw new ArgumentException("Expected a piece that does not overlap the data.", nameof(piece));
        EncodeRow(data, parityIndex, piece);
    }

    /// <summary>Restores the missing data pieces in place. Missing parity is not restored: encode it afterwards.</summary>
    /// <param name="data">The data pieces; the content of the missing ones is ignored and replaced.</param>
    /// <param name="parity">The parity pieces; the content of the missing ones is ignored.</param>
    /// <param name="present">k + m flags: which pieces are there, data first.</param>
    /// <returns>False, with nothing changed, when fewer than k pieces are present.</returns>
    /// <exception cref="ArgumentException">The lengths do not belong together, or the spans overlap.</exception>
    public bool TryReconstruct(Span<byte> data, ReadOnlySpan<byte> parity, ReadOnlySpan<bool> present)
    {
        int length = CheckLengths(data, parity.Length);
        if (present.Length != TotalPieces) throw new ArgumentException($"Expected {TotalPieces} flags, got {present.Length}.", nameof(present));
        if (parity.Overlaps(data)) throw new ArgumentException("Expected parity that does not overlap the data.", nameof(parity));

        Span<byte> lost = stackalloc byte[DataPieces];
        int losses = 0;
        for (int i = 0; i < DataPieces; i++)
            if (!present[i]) lost[losses++] = (byte)i;
        if (losses == 0) return true;

        Span<byte> rows = stackalloc byte[ParityPieces];
        int found = 0;
        for (int j = 0; j < ParityPieces && found < losses; j++)
            if (present[DataPieces + j]) rows[found++] = (byte)j;
        if (found < losses) return false;

        Solve(data, parity, lost[..losses], rows[..losses], length);
        return true;
    }

    // parity[j] + (sum over present i of C[j, i] data[i]) = sum over lost i of C[j, i] data[i]. The matrix at the right
    // is square and Cauchy; its inverse applied to the left side gives the lost rows without a scratch row.
    private void Solve(Span<byte> data, ReadOnlySpan<byte> parity, ReadOnlySpan<byte> lost, ReadOnlySpan<byte> rows, int length)
    {
        int size = lost.Length;
        Span<byte> matrix = stackalloc byte[size * size];
        Span<byte> inverse = stackalloc byte[size * size];
        for (int r = 0; r < size; r++)
            for (int c = 0; c < size; c++)
                matrix[r * size + c] = Coefficient(rows[r], lost[c]);
        if (!Gf256Matrix.TryInvert(matrix, inverse, size)) throw new UnreachableException("A square Cauchy matrix is regular.");

        for (int target = 0; target < size; target++)
        {
            Span<byte> output = data.Slice(lost[target] * length, length);
            output.Clear();
            ReadOnlySpan<byte> weights = inverse.Slice(target * size, size);
            for (int r = 0; r < size; r++) Gf256.MultiplyAdd(weights[r], parity.Slice(rows[r] * length, length), output);
            for (int i = 0; i < DataPieces; i++)
            {
                if (lost.Contains((byte)i)) continue;
                byte coefficient = 0;
                for (int r = 0; r < size; r++) coefficient ^= Gf256.Multiply(weights[r], Coefficient(rows[r], i));
                Gf256.MultiplyAdd(coefficient, data.Slice(i * length, length), output);
            }
        }
    }

    private void EncodeRow(ReadOnlySpan<byte> data, int parityIndex, Span<byte> piece)
    {
        piece.Clear();
        for (int i = 0; i < DataPieces; i++)
            Gf256.MultiplyAdd(Coefficient(parityIndex, i), data.Slice(i * piece.Length, piece.Length), piece);
    }

    // k + j and i never meet, so the difference has an inverse.
    private byte Coefficient(int parityIndex, int dataIndex) => Gf256.Inverse((byte)((DataPieces + parityIndex) ^ dataIndex));

    private int CheckLengths(ReadOnlySpan<byte> data, long parityLength)
    {
        int length = data.Length / DataPieces;
        if (length * DataPieces != data.Length)
            throw new ArgumentException($"Expected data of {DataPieces} equal pieces, got {data.Length} bytes.", nameof(data));
        if (parityLength != (long)length * ParityPieces)
            throw new ArgumentException($"Expected parity of {ParityPieces} pieces of {length} bytes, got {parityLength} bytes in all.");
        return length;
    }
}
