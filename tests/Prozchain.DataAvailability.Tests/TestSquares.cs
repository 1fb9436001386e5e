using System.Buffers;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Tests;

/// <summary>Small squares and the shortcuts that the tests of this package share.</summary>
internal static class TestSquares
{
    public static byte[] Seed(int number) => SplitMix64.Bytes((ulong)number, 32);

    public static byte[] Random(int seed, int length) => SplitMix64.Bytes((ulong)seed, length);

    /// <summary>A square full of random data cells of 64 bytes.</summary>
    public static ExtendedSquare Full(int k, int seed = 1, int cellSize = 64) =>
        ExtendedSquare.Extend(Random(seed, k * k * cellSize), new SquareParameters(k, cellSize));

    /// <summary>Commits to cells as they are, be they codewords or not, as a dishonest producer can.</summary>
    public static ExtendedSquare CommitTo(SquareParameters parameters, CellGrid grid) =>
        ExtendedSquare.FromChecked(ExtendedSquare.ComputeHeader(parameters, grid, 1, default), grid);

    public static CheckedCell Checked(ExtendedSquare square, int row, int column, Axis axis = Axis.Row)
    {
        Assert.Equal(CellCheck.Valid, square.GetShare(row, column, axis).TryCheck(square.Header, out CheckedCell? cell));
        Assert.NotNull(cell);
        return cell;
    }

    /// <summary>All coordinates of a square of this width in a seeded random order.</summary>
    public static CellCoordinate[] Shuffled(int width, int seed)
    {
        var all = new CellCoordinate[width * width];
        for (int i = 0; i < all.Length; i++) all[i] = new CellCoordinate(i / width, i % width);
        new Random(seed).Shuffle(all);
        return all;
    }

    public static byte[] Encoded(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
