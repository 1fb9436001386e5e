using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Prozchain.DataAvailability.Coding;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// The random coefficients of a row commitment, one of GF(2^128) for each 16-bit symbol of a row, and the sum of a row's
/// symbols times them: eight limbs of GF(2^16), 16 bytes, little-endian. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A coefficient is a vector over GF(2^16), so the code, which is linear over GF(2^16), commutes with the sum: the RLC of
/// a parity row is the code of the RLCs of the data rows.
/// </remarks>
internal sealed class RlcCoefficients
{
    /// <summary>Limbs of a value.</summary>
    public const int Limbs = 8;

    /// <summary>Bytes of a value.</summary>
    public const int ValueSize = 2 * Limbs;

    /// <summary>Symbols of which the coefficients lie together: as many as the widest vector takes.</summary>
    public const int Group = 16;

    private const int MessageSize = Bytes32.Size + sizeof(uint), Batch = 64, PieceSize = 4096, LeastForMasks = 1024;

    // By symbol, in coordinates: what the format says. By group and limb, as polynomials, neighbours swapped: what the kernel reads.
    private readonly ushort[] _limbs;
    private readonly ushort[] _kernel;

    /// <summary>Derives the coefficients from the root over the rows (docs/formats/da-rows.md).</summary>
    public RlcCoefficients(in Bytes32 rowRoot, RowParameters parameters)
    {
        _limbs = Derive(rowRoot, parameters);
        _kernel = HasKernel ? new ushort[_limbs.Length] : [];
        for (int i = 0; i < _kernel.Length; i++)
        {
            int symbol = i / Limbs, limb = i % Limbs;
            _kernel[symbol / Group * Group * Limbs + limb * Group + (symbol % Group ^ 1)] = RlcBasis.ToPolynomial(_limbs[i]);
        }
    }

    private static bool HasKernel => BitConverter.IsLittleEndian && Carryless128.IsSupported && Vector128.IsHardwareAccelerated;

    /// <summary>The RLC of a row, on the widest vectors at hand.</summary>
    /// <param name="row">The row size of the parameters.</param>
    /// <param name="value">16 bytes.</param>
    [SkipLocalsInit]
    public void Combine(ReadOnlySpan<byte> row, Span<byte> value)
    {
        if (!HasKernel)
        {
            CombineNaive(row, value);
            return;
        }
        Span<uint> sums = stackalloc uint[Limbs];
        Span<ushort> symbols = stackalloc ushort[PieceSize / 2];
        sums.Clear();
        for (int done = 0; done < row.Length; done += PieceSize)
        {
            ReadOnlySpan<byte> piece = row.Slice(done, Math.Min(PieceSize, row.Length - done));
            Span<ushort> some = symbols[..(piece.Length / 2)];
            ReadOnlySpan<ushort> coefficients = _kernel.AsSpan(done / 2 * Limbs, some.Length * Limbs);
            RlcBasis.ToPolynomials(piece, some);
            if (Carryless512.IsSupported) RlcKernel<Carryless512, Vector512<ulong>>.Accumulate(some, coefficients, sums);
            else if (Carryless256.IsSupported) RlcKernel<Carryless256, Vector256<ulong>>.Accumulate(some, coefficients, sums);
            else RlcKernel<Carryless128, Vector128<ulong>>.Accumulate(some, coefficients, sums);
        }
        for (int limb = 0; limb < Limbs; limb++) BinaryPrimitives.WriteUInt16LittleEndian(value[(2 * limb)..], RlcBasis.Reduce(sums[limb]));
    }

    /// <summary>The RLCs of many rows: for whole tiles of them with masks, if <see cref="Masks"/> gave any.</summary>
    /// <param name="rows">The rows, one after the other.</param>
    /// <param name="size">Bytes of each: the row size of the parameters.</param>
    /// <param name="masks">Masks, or empty.</param>
    /// <param name="values">16 bytes for each row.</param>
    public void Combine(ReadOnlySpan<byte> rows, int size, ReadOnlySpan<byte> masks, Span<byte> values)
    {
        for (; !masks.IsEmpty && rows.Length >= RlcTile.Rows * size; rows = rows[(RlcTile.Rows * size)..], values = values[(RlcTile.Rows * ValueSize)..])
            RlcTile.Combine(rows[..(RlcTile.Rows * size)], size, masks, values[..(RlcTile.Rows * ValueSize)]);
        for (; !rows.IsEmpty; rows = rows[size..], values = values[ValueSize..]) Combine(rows[..size], values[..ValueSize]);
    }

    /// <summary>What makes the RLCs of <paramref name="rows"/> rows cheaper; empty if it does not pay, or not on this machine.</summary>
    public byte[] Masks(int rows) => RlcTile.IsSupported && rows >= LeastForMasks ? RlcTile.Masks(_limbs) : [];

    /// <summary>The RLC of a row symbol by symbol: the readable reference, and the way of machines without a carry-less product.</summary>
    public void CombineNaive(ReadOnlySpan<byte> row, Span<byte> value)
    {
        Span<int> sums = stackalloc int[Limbs];
        for (int i = 0; i < row.Length / 2; i++)
        {
            int low = i / 32 * 64 + i % 32, symbol = row[low] | row[low + 32] << 8;
            for (int limb = 0; limb < Limbs; limb++) sums[limb] ^= CantorField.Gf16.Multiply(symbol, _limbs[i * Limbs + limb]);
        }
        for (int limb = 0; limb < Limbs; limb++) BinaryPrimitives.WriteUInt16LittleEndian(value[(2 * limb)..], (ushort)sums[limb]);
    }

    private static ushort[] Derive(in Bytes32 rowRoot, RowParameters parameters)
    {
        Span<byte> shape = stackalloc byte[Bytes32.Size + 3 * sizeof(uint)];
        rowRoot.Span.CopyTo(shape);
        BinaryPrimitives.WriteInt32LittleEndian(shape[32..], parameters.DataRows);
        BinaryPrimitives.WriteInt32LittleEndian(shape[36..], parameters.ParityRows);
        BinaryPrimitives.WriteInt32LittleEndian(shape[40..], parameters.RowSize);
        Span<byte> messages = stackalloc byte[Batch * MessageSize], digests = stackalloc byte[Batch * Bytes32.Size];
        SHA256.HashData(shape, messages);
        for (int i = 1; i < Batch; i++) messages[..Bytes32.Size].CopyTo(messages[(i * MessageSize)..]);

        var limbs = new ushort[parameters.RowSize / 2 * Limbs];
        for (int first = 0; first < parameters.RowSize / 2; first += Batch)
        {
            int count = Math.Min(Batch, parameters.RowSize / 2 - first);
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteInt32LittleEndian(messages[(i * MessageSize + Bytes32.Size)..], first + i);
            Sha256Lanes.HashRows(messages, MessageSize, digests[..(count * Bytes32.Size)]);
            for (int i = 0; i < count * Limbs; i++)
            {
                ReadOnlySpan<byte> from = digests[(i / Limbs * Bytes32.Size + 2 * (i % Limbs))..];
                limbs[first * Limbs + i] = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(from) ^ BinaryPrimitives.ReadUInt16LittleEndian(from[ValueSize..]));
            }
        }
        return limbs;
    }
}
