using System.Buffers;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Squares;

namespace Prozchain.DataAvailability.Tests.Squares;

public class ExtendedSquareTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(128)]
    public void Extend_Q3_IsTheSameByRowsAndByColumns(int k)
    {
        ExtendedSquare square = TestSquares.Full(k);
        var rowParity = new byte[k * 64];
        for (int row = 0; row < 2 * k; row++)
        {
            ReadOnlySpan<byte> cells = square.Cells.Span.Slice(row * 2 * k * 64, 2 * k * 64);
            NaiveReedSolomon.Instance.Encode(new ReadOnlyShards(cells, k, 64), new Shards(rowParity, k, 64));
            Assert.True(cells[(k * 64)..].SequenceEqual(rowParity), $"Row {row}.");
        }
    }

    [Fact]
    public void Extend_Q0_IsTheDataAsItWas()
    {
        byte[] data = TestSquares.Random(5, 4 * 4 * 64);
        ExtendedSquare square = ExtendedSquare.Extend(data, new SquareParameters(4, 64));
        for (int i = 0; i < 16; i++) Assert.Equal(data.AsSpan(i * 64, 64), square.GetCell(i / 4, i % 4).Span);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ExtendInPlace_UsedMemory_IsTheSameSquareInThatMemory(int threads)
    {
        var parameters = new SquareParameters(4, 64);
        byte[] data = TestSquares.Random(5, 4 * 4 * 64), memory = TestSquares.Random(6, parameters.CellCount * 64);
        for (int row = 0; row < 4; row++) data.AsSpan(row * 256, 256).CopyTo(memory.AsSpan(row * 512));
        ExtendedSquare expected = ExtendedSquare.Extend(data, parameters), square = ExtendedSquare.ExtendInPlace(memory, parameters, threads: threads);
        Assert.True(expected.Header.IsSame(square.Header));
        Assert.Equal(expected.Cells.Span, square.Cells.Span);
        Assert.True(square.Cells.Span == memory.AsSpan(), "The square keeps the memory that it was given.");
        Assert.Throws<ArgumentException>(() => ExtendedSquare.ExtendInPlace(memory.AsMemory(1), parameters));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(504, 1)]
    [InlineData(505, 2)]
    [InlineData(2040, 2)]
    [InlineData(2041, 4)]
    [InlineData(30_000, 8)]
    public void Encode_Payload_ComesBack(int length, int expectedWidth)
    {
        byte[] payload = TestSquares.Random(length, length);
        SquareParameters parameters = SquareParameters.ForPayload(length);
        Assert.Equal(expectedWidth, parameters.DataWidth);
        ExtendedSquare square = ExtendedSquare.Encode(payload, parameters);
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(PayloadResult.Ok, square.TryReadPayload(output));
        Assert.Equal(payload, output.WrittenSpan);
    }

    [Fact]
    public void TryReadPayload_EveryPaddingByteSet_IsRefused()
    {
        var parameters = new SquareParameters(2, 64);
        byte[] cells = new byte[256];
        PayloadFormat.Write(new byte[200], cells);
        for (int at = 208; at < 256; at++)
        {
            byte[] changed = [.. cells];
            changed[at] = 1;
            var output = new ArrayBufferWriter<byte>();
            Assert.Equal(PayloadResult.BadPadding, ExtendedSquare.Extend(changed, parameters).TryReadPayload(output));
            Assert.Equal(0, output.WrittenCount);
        }
    }

    [Theory]
    [InlineData(249UL)]
    [InlineData(1UL << 31)]
    [InlineData(1UL << 32)]
    [InlineData(ulong.MaxValue)]
    public void TryReadPayload_LengthAboveCapacity_IsRefused(ulong length)
    {
        byte[] cells = new byte[256];
        BitConverter.TryWriteBytes(cells, length);
        ExtendedSquare square = ExtendedSquare.Extend(cells, new SquareParameters(2, 64));
        Assert.Equal(PayloadResult.BadLength, square.TryReadPayload(new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Header_RowsAndColumns_AreTheRootsOfTheirLines()
    {
        ExtendedSquare square = TestSquares.Full(2);
        var root = new byte[32];
        for (int index = 0; index < 4; index++)
        {
            PlainAxisTree.Instance.ComputeRoot(new AxisLine(Axis.Row, index, 4), new ReadOnlyShards(square.Cells.Span[(index * 256)..], 4, 64), root);
            Assert.Equal(root, square.Header.Root(Axis.Row, index));
            Assert.Equal(root, square.Header.RowRoots.Span.Slice(index * 32, 32));
            PlainAxisTree.Instance.ComputeRoot(new AxisLine(Axis.Column, index, 4), new ReadOnlyShards(square.Cells.Span[(index * 64)..], 4, 64, 256), root);
            Assert.Equal(root, square.Header.Root(Axis.Column, index));
            Assert.Equal(root, square.Header.ColumnRoots.Span.Slice(index * 32, 32));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void TryCheck_EveryCellAndAxis_PassesAndEveryCorruptionFails(int k)
    {
        ExtendedSquare square = TestSquares.Full(k);
        var random = new Random(k);
        for (int row = 0; row < 2 * k; row++)
        {
            for (int column = 0; column < 2 * k; column++)
            {
                foreach (Axis axis in new[] { Axis.Row, Axis.Column })
                {
                    Share share = square.GetShare(row, column, axis);
                    Assert.Equal(CellCheck.Valid, share.TryCheck(square.Header, out CheckedCell? cell));
                    Assert.Equal(new CellCoordinate(row, column), cell!.Coordinate);
                    byte[] content = share.Cell.ToArray();
                    content[random.Next(64)] ^= (byte)(1 << random.Next(8));
                    Assert.Equal(CellCheck.BadProof, new Share(share.Proof, content).TryCheck(square.Header, out cell));
                    Assert.Null(cell);
                }
            }
        }
    }

    [Fact]
    public void Verify_ForeignShares_AreNamed()
    {
        ExtendedSquare square = TestSquares.Full(2), larger = TestSquares.Full(4), wider = TestSquares.Full(2, 1, 128);
        Assert.Equal(CellCheck.OutsideSquare, larger.GetShare(4, 0).TryCheck(square.Header, out _));
        Assert.Equal(CellCheck.OutsideSquare, larger.GetShare(0, 7).TryCheck(square.Header, out _));
        Assert.Equal(CellCheck.BadProof, larger.GetShare(0, 0).TryCheck(square.Header, out _));
        Assert.Equal(CellCheck.WrongSize, wider.GetShare(0, 0).TryCheck(square.Header, out _));
        Assert.Equal(CellCheck.BadProof, TestSquares.Full(2, 9).GetShare(0, 0).TryCheck(square.Header, out _));
    }

    [Fact]
    public void Encode_CancelledAndMisused_Throws()
    {
        var parameters = new SquareParameters(4, 64);
        Assert.Throws<OperationCanceledException>(() => ExtendedSquare.Encode([1], parameters, cancellationToken: new CancellationToken(true)));
        Assert.Contains("at most 1016 bytes, got 1017", Assert.Throws<ArgumentException>(() => ExtendedSquare.Encode(new byte[1017], parameters)).Message, StringComparison.Ordinal);
        Assert.Contains("Expected 1024 bytes, got 1023", Assert.Throws<ArgumentException>(() => ExtendedSquare.Extend(new byte[1023], parameters)).Message, StringComparison.Ordinal);
        ExtendedSquare square = TestSquares.Full(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => square.GetCell(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => square.GetCell(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => square.ProveCell(2, 0));
    }

    [Fact]
    public void Encode_Progress_RisesToOne()
    {
        var seen = new List<double>();
        ExtendedSquare.Encode([1, 2, 3], new SquareParameters(4, 64), new Recorder<double>(seen));
        Assert.Equal(1, seen[^1]);
        Assert.Equal(seen.Order(), seen);
    }
}
