using System.Numerics;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// The shape of a row code: K data rows of equal size, extended by N parity rows so that any K of the K + N restore
/// all. Immutable. Format: docs/formats/da-rows.md.
/// </summary>
public sealed class RowParameters
{
    /// <summary>Every row size is a multiple of this many bytes.</summary>
    public const int RowAlignment = 64;

    /// <summary>Largest row, in bytes.</summary>
    public const int MaxRowSize = 1 << 19;

    /// <summary>Most rows in all, K + N.</summary>
    public const int MaxRows = 65536;

    /// <summary>K unless told otherwise.</summary>
    public const int DefaultDataRows = 4096;

    /// <summary>N unless told otherwise: rate 1/4, at which a sample says two bits.</summary>
    public const int DefaultParityRows = 12288;

    /// <summary>Checks and holds the shape.</summary>
    /// <param name="rowSize">Bytes of a row: a multiple of 64, at most 524288; all K + N rows fit into one array (2 GiB).</param>
    /// <param name="dataRows">K: a power of two.</param>
    /// <param name="parityRows">N, at least 1, so that K + N is a power of two up to 65536.</param>
    /// <param name="code">
    /// An implementation of Leopard's code over GF(2^16), for any count of shards; <see cref="LeopardReedSolomon.Wide"/> if null.
    /// With another code rows do not verify.
    /// </param>
    /// <exception cref="ArgumentException">A number is not in its range, or the code does not exist for these counts.</exception>
    public RowParameters(
        int rowSize, int dataRows = DefaultDataRows, int parityRows = DefaultParityRows, IErasureCode? code = null)
    {
        Code = code ?? LeopardReedSolomon.Wide;
        if (!BitOperations.IsPow2(dataRows) || dataRows > MaxRows)
            throw new ArgumentException($"Expected a power of two up to {MaxRows}, got {dataRows}.", nameof(dataRows));
        if (parityRows < 1 || (long)dataRows + parityRows > MaxRows || !BitOperations.IsPow2(dataRows + parityRows))
        {
            throw new ArgumentException(
                $"Expected parity rows that make {dataRows} up to a greater power of two, at most {MaxRows}, got {parityRows}.", nameof(parityRows));
        }
        if (rowSize is < RowAlignment or > MaxRowSize || rowSize % RowAlignment != 0)
            throw new ArgumentException($"Expected a multiple of {RowAlignment} up to {MaxRowSize}, got {rowSize}.", nameof(rowSize));
        if (!Fits(dataRows + parityRows, rowSize))
            throw new ArgumentException($"Expected at most {Array.MaxLength} bytes in all, got {((long)dataRows + parityRows) * rowSize}.", nameof(rowSize));
        if (rowSize % Code.ShardAlignment != 0 || RowAlignment % Code.ShardAlignment != 0 || !Code.Supports(dataRows, parityRows))
            throw new ArgumentException($"Expected a code for {dataRows} + {parityRows} shards of {rowSize} bytes.", nameof(code));
        DataRows = dataRows;
        ParityRows = parityRows;
        RowSize = rowSize;
    }

    /// <summary>K: rows that hold data.</summary>
    public int DataRows { get; }

    /// <summary>N: rows that the code adds.</summary>
    public int ParityRows { get; }

    /// <summary>K + N. Rows below K are data, the others parity.</summary>
    public int Rows => DataRows + ParityRows;

    /// <summary>Bytes of a row.</summary>
    public int RowSize { get; }

    /// <summary>Bytes of data: K rows.</summary>
    public int DataSize => DataRows * RowSize;

    /// <summary>The code, over GF(2^16).</summary>
    public IErasureCode Code { get; }

    /// <summary>The least row size that holds data of this length in <paramref name="dataRows"/> rows, rounded up to 64 bytes.</summary>
    /// <exception cref="ArgumentException">A number is negative, or no row is large enough.</exception>
    public static int RowSizeFor(long length, int dataRows = DefaultDataRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThan(dataRows, 1);
        long units = length == 0 ? 1 : (length - 1) / ((long)dataRows * RowAlignment) + 1;
        return units <= MaxRowSize / RowAlignment ? (int)units * RowAlignment : throw new ArgumentException($"Expected data for rows of at most {MaxRowSize} bytes, got {length} bytes.", nameof(length));
    }

    internal static bool Fits(int rows, int rowSize) => (long)rows * rowSize <= Array.MaxLength;

    internal bool SameShape(RowParameters other) => DataRows == other.DataRows && ParityRows == other.ParityRows && RowSize == other.RowSize;
}
