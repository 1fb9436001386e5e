using System.Buffers;
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
/// Pieces lie one behind another in the caller's spans. Immutable and safe for concurrent use; no method allocates, once
/// the shared pool is warm.
/// </remarks>
public sealed class StripeCode
{
    /// <summary>Most pieces, data and parity together, that a stripe can have.</summary>
    public const int MaxPieces = 255;

    private readonly byte[] _parityFactors;

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

        var matrix = new byte[parityPieces * dataPieces];
        for (int i = 0; i < matrix.Length; i++) matrix[i] = Coefficient(i / dataPieces, i % dataPieces);
        _parityFactors = new byte[matrix.Length * Gf256Product.Best.FactorSize];
        Gf256Product.Best.Prepare(matrix, parityPieces, dataPieces, _parityFactors);
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
    public unsafe void Encode(ReadOnlySpan<byte> data, Span<byte> parity)
    {
        int length = CheckLengths(data, parity.Length);
        Encode(data, parity, length, length);
    }

    /// <summary>The same for pieces that lie <paramref name="stride"/> bytes apart, in data and in parity.</summary>
    internal unsafe void Encode(ReadOnlySpan<byte> data, Span<byte> parity, int length, int stride)
    {
        CheckStride(data.Length, parity.Length, length, stride);
        if (data.Overlaps(parity)) throw new ArgumentException("Expected parity that does not overlap the data.", nameof(parity));
        byte** inputs = stackalloc byte*[DataPieces], outputs = stackalloc byte*[ParityPieces];
        fixed (byte* first = data, firstParity = parity)
        {
            for (int i = 0; i < DataPieces; i++) inputs[i] = first + (long)i * stride;
            for (int j = 0; j < ParityPieces; j++) outputs[j] = firstParity + (long)j * stride;
            Gf256Product.Best.Multiply(_parityFactors, ParityPieces, DataPieces, inputs, outputs, length);
        }
    }

    /// <summary>Computes one parity piece.</summary>
    /// <param name="data">The data pieces, k times the length of a piece.</param>
    /// <param name="parityIndex">Which one, 0 to m - 1.</param>
    /// <param name="piece">Receives it. Does not overlap the data.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or the spans overlap.</exception>
    public unsafe void EncodePiece(ReadOnlySpan<byte> data, int parityIndex, Span<byte> piece)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(parityIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(parityIndex, ParityPieces);
        CheckLengths(data, (long)piece.Length * ParityPieces);
        if (data.Overlaps(piece)) throw new ArgumentException("Expected a piece that does not overlap the data.", nameof(piece));

        Span<byte> row = stackalloc byte[DataPieces], factors = stackalloc byte[DataPieces * Gf256Product.Best.FactorSize];
        for (int i = 0; i < row.Length; i++) row[i] = Coefficient(parityIndex, i);
        Gf256Product.Best.Prepare(row, 1, DataPieces, factors);
        byte** inputs = stackalloc byte*[DataPieces];
        fixed (byte* first = data, output = piece)
        {
            for (int i = 0; i < DataPieces; i++) inputs[i] = first + (long)i * piece.Length;
            Gf256Product.Best.Multiply(factors, 1, DataPieces, inputs, &output, piece.Length);
        }
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
        return TryReconstruct(data, parity, present, length, length);
    }

    /// <summary>The same for pieces that lie <paramref name="stride"/> bytes apart, in data and in parity.</summary>
    internal bool TryReconstruct(Span<byte> data, ReadOnlySpan<byte> parity, ReadOnlySpan<bool> present, int length, int stride)
    {
        CheckStride(data.Length, parity.Length, length, stride);
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

        Solve(data, parity, lost[..losses], rows[..losses], length, stride);
        return true;
    }

    // parity[j] + (sum over present i of C[j, i] data[i]) = sum over lost i of C[j, i] data[i]. The matrix at the right
    // is square and Cauchy; its inverse applied to the left side gives the lost rows: a product with the parity that was
    // taken and the data that is there, k shards in all.
    private unsafe void Solve(Span<byte> data, ReadOnlySpan<byte> parity, ReadOnlySpan<byte> lost, ReadOnlySpan<byte> rows, int length, int stride)
    {
        int size = lost.Length;
        Span<byte> matrix = stackalloc byte[size * size];
        Span<byte> inverse = stackalloc byte[size * size];
        for (int r = 0; r < size; r++)
            for (int c = 0; c < size; c++)
                matrix[r * size + c] = Coefficient(rows[r], lost[c]);
        if (!Gf256Matrix.TryInvert(matrix, inverse, size)) throw new UnreachableException("A square Cauchy matrix is regular.");

        byte[] weights = ArrayPool<byte>.Shared.Rent(size * DataPieces), factors = ArrayPool<byte>.Shared.Rent(size * DataPieces * Gf256Product.Best.FactorSize);
        byte** inputs = stackalloc byte*[DataPieces], outputs = stackalloc byte*[size];
        fixed (byte* first = data, firstParity = parity)
        {
            int column = 0;
            for (; column < size; column++)
            {
                inputs[column] = firstParity + (long)rows[column] * stride;
                outputs[column] = first + (long)lost[column] * stride;
                for (int target = 0; target < size; target++) weights[target * DataPieces + column] = inverse[target * size + column];
            }
            for (int i = 0; i < DataPieces; i++)
            {
                if (lost.Contains((byte)i)) continue;
                inputs[column] = first + (long)i * stride;
                for (int target = 0; target < size; target++)
                {
                    byte weight = 0;
                    for (int r = 0; r < size; r++) weight ^= Gf256.Multiply(inverse[target * size + r], Coefficient(rows[r], i));
                    weights[target * DataPieces + column] = weight;
                }
                column++;
            }
            Gf256Product.Best.Prepare(weights.AsSpan(0, size * DataPieces), size, DataPieces, factors);
            Gf256Product.Best.Multiply(factors, size, DataPieces, inputs, outputs, length);
        }
        ArrayPool<byte>.Shared.Return(weights);
        ArrayPool<byte>.Shared.Return(factors);
    }

    // k + j and i never meet, so the difference has an inverse.
    private byte Coefficient(int parityIndex, int dataIndex) => Gf256.Inverse((byte)((DataPieces + parityIndex) ^ dataIndex));

    private void CheckStride(int data, int parity, int length, int stride)
    {
        if (length < 0 || length > stride || data < (long)stride * (DataPieces - 1) + length || parity < (long)stride * (ParityPieces - 1) + length)
            throw new ArgumentException($"Expected {DataPieces} and {ParityPieces} pieces of {length} bytes, {stride} apart, got {data} and {parity} bytes.");
    }

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
