using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public class GgufReaderTests
{
    private static readonly string[] s_tokens = ["a", "", "слово", "�"];

    private static GgufFile Rich() => GgufFile.Aligned(64)
        .Entry("general.name", GgufValueType.Text, GgufFile.Text("a model"))
        .Entry("i8", GgufValueType.Int8, 0xFF).Entry("u8", GgufValueType.UInt8, 0xFF).Entry("yes", GgufValueType.Boolean, 1)
        .Entry("i64", GgufValueType.Int64, BitConverter.GetBytes(long.MinValue)).Entry("u64", GgufValueType.UInt64, BitConverter.GetBytes(ulong.MaxValue))
        .Entry("f32", GgufValueType.Float32, BitConverter.GetBytes(1.5f)).Entry("f64", GgufValueType.Float64, BitConverter.GetBytes(-0.1))
        .Array("tokens", GgufValueType.Text, 4, [.. GgufFile.Text("a"), .. GgufFile.Text(""), .. GgufFile.Text("слово"), 1, 0, 0, 0, 0, 0, 0, 0, 0xFF])
        .Array("scores", GgufValueType.Float32, 2, [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)])
        .Array("none", GgufValueType.UInt64, 0)
        .Tensor("scalar", 24, [], [7]).Tensor("empty", 1, [0, 5], []).Tensor("k", 12, [256, 2], new byte[288]).Tensor("last", 0, [1], [0, 0, 128, 63]);

    private static GgufOpening Open(byte[] file) => GgufReader.OpenAsync(new MemoryStream(file)).AsTask().GetAwaiter().GetResult();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Open_RichFile_GivesMetadataAndTensors(uint version)
    {
        GgufReader reader = Open(Rich().Make(version)).Reader!;
        Assert.Equal((ModelFormat.Gguf, (int)version, 64L, 12), (reader.Format, reader.Version, reader.Alignment, reader.Metadata.Count));
        Assert.Equal("a model", reader.FindEntry("general.name")!.Text);
        Assert.True(reader.FindEntry("i8")!.TryGetInt64(out long signed) && signed == -1);
        Assert.False(reader.FindEntry("i8")!.TryGetUInt64(out _));
        Assert.True(reader.FindEntry("u8")!.TryGetUInt64(out ulong small) && small == 255);
        Assert.True(reader.FindEntry("yes")!.TryGetInt64(out long yes) && yes == 1);
        Assert.True(reader.FindEntry("i64")!.TryGetInt64(out long least) && least == long.MinValue);
        Assert.True(reader.FindEntry("u64")!.TryGetUInt64(out ulong most) && most == ulong.MaxValue);
        Assert.False(reader.FindEntry("u64")!.TryGetInt64(out _));
        Assert.True(reader.FindEntry("f32")!.TryGetDouble(out double single) && single == 1.5);
        Assert.True(reader.FindEntry("f64")!.TryGetDouble(out double twice) && twice == -0.1);
        Assert.False(reader.FindEntry("f64")!.TryGetInt64(out _));
        Assert.Equal(s_tokens, await reader.ReadTextsAsync(reader.FindEntry("tokens")!));
        GgufEntry scores = reader.FindEntry("scores")!;
        var bytes = new byte[scores.Length];
        await reader.ReadAsync(scores.Offset, bytes);
        Assert.Equal((2L, 2f), (scores.Count, BitConverter.ToSingle(bytes, 4)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await reader.ReadTextsAsync(scores));
        Assert.Null(reader.FindEntry("other"));
        Assert.All(reader.Tensors, t => Assert.Equal(0, t.Offset % 64));
        Assert.Equal([2, 256], reader.Find("k")!.Shape);
        Assert.Equal((TensorType.Q4_K, 288L, 512L), (reader.Find("k")!.Type, reader.Find("k")!.Length, reader.Find("k")!.Elements));
        var value = new float[3];
        Assert.Equal(1, await reader.ReadFloatsAsync(reader.Find("scalar")!, 0, value));
        Assert.Equal(7, value[0]);
        Assert.Equal(0, await reader.ReadFloatsAsync(reader.Find("empty")!, 0, value));
        Assert.Equal(1, await reader.ReadFloatsAsync(reader.Find("last")!, 0, value));
        Assert.Equal(1, value[0]);
        NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(async () => await reader.ReadFloatsAsync(reader.Find("k")!, 0, value));
        Assert.Contains("Q4_K", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EachFault_HasItsNameAndPlace()
    {
        var seen = new HashSet<GgufStatus> { GgufStatus.Ok };
        void Refused(GgufStatus status, long offset, byte[] file) => Refuses(status, offset, new MemoryStream(file));
        void Refuses(GgufStatus status, long offset, Stream file)
        {
            GgufOpening opening = GgufReader.OpenAsync(file).AsTask().GetAwaiter().GetResult();
            Assert.Equal((status, offset, null), (opening.Status, opening.ErrorOffset, opening.Reader));
            seen.Add(status);
        }
        byte[] four = new byte[4];
        Refused(GgufStatus.UnsupportedVersion, 4, new GgufFile().Make(1));
        Refused(GgufStatus.InvalidBoolean, 24 + 9 + 4, new GgufFile().Entry("b", GgufValueType.Boolean, 2).Make());
        Refused(GgufStatus.NestedArray, 24 + 9 + 4, new GgufFile().Array("a", GgufValueType.Array, 0, new byte[40]).Make());
        Refused(GgufStatus.UnknownValueType, 24 + 9, new GgufFile().Entry("a", (GgufValueType)13, new byte[40]).Make());
        Refused(GgufStatus.DuplicateName, 24 + 14, new GgufFile().Entry("a", GgufValueType.UInt8, 1).Entry("a", GgufValueType.UInt8, 1).Make());
        Refused(GgufStatus.InvalidAlignment, 24 + 25 + 4, Set(GgufFile.Aligned(0x100).Make(), 24 + 25 + 4, 0, 3));
        Refused(GgufStatus.NameTooLong, 24, new GgufFile().Tensor(new string('n', 64), 0, [1], four).Make());
        Refused(GgufStatus.UnknownType, 24 + 9 + 4, new GgufFile().Tensor("a", 31, [1], four).Make());
        Refused(GgufStatus.InvalidOffset, 24 + 9 + 4, new GgufFile().Tensor("a", 0, [1], four, 32).Make());
        Refused(GgufStatus.InvalidOffset, 24 + 33 + 9 + 4, new GgufFile().Tensor("a", 0, [1], four).Tensor("b", 0, [1], four, 0).Make());
        Refused(GgufStatus.DataTruncated, 24 + 9 + 4, new GgufFile().Tensor("a", 0, [1], []).Make());
        Refused(GgufStatus.PartialBlock, 24 + 9 + 4, new GgufFile().Tensor("a", 2, [16], new byte[18]).Make());
        Refused(GgufStatus.InvalidText, 24, Set(new GgufFile().Entry("a", GgufValueType.UInt8, 1).Make(), 32, 0xFF));
        Refused(GgufStatus.InvalidAlignment, 24 + 25 + 4, Set(GgufFile.Aligned(32).Make(), 24 + 25 + 4, 0, 0, 0, 0));
        Refused(GgufStatus.BadMagic, 0, Set(new GgufFile().Make(), 0, 0));
        Refused(GgufStatus.HeaderTruncated, 24 + 9 + 4, new GgufFile().Entry("a", GgufValueType.UInt64, new byte[8]).Make()[..40]);
        Refused(GgufStatus.EmptyKey, 24, new GgufFile().Entry("", GgufValueType.UInt8, 1).Make());
        Refused(GgufStatus.TooManyDimensions, 24 + 9, new GgufFile().Tensor("a", 0, [1, 1, 1, 1, 1], four).Make());
        Refused(GgufStatus.InvalidDimension, 24 + 9 + 4, new GgufFile().Tensor("a", 0, [-1], four).Make());
        Refused(GgufStatus.ShapeOverflow, 24 + 9 + 4, new GgufFile().Tensor("a", 0, [1L << 62, 4], four).Make());
        Refused(GgufStatus.ShapeOverflow, 24 + 9 + 4, new GgufFile().Tensor("a", 24, [long.MaxValue], four).Make());
        Refused(GgufStatus.UnalignedOffset, 24 + 9 + 4, new GgufFile().Tensor("a", 0, [1], four, 1).Make());
        // Lengths that wrap or go beyond the file: of a text, of an array, of a text in an array.
        byte[] most = [.. BitConverter.GetBytes(ulong.MaxValue)];
        Refused(GgufStatus.CountTooLarge, 24 + 9 + 4, new GgufFile().Entry("a", GgufValueType.Text, most).Make());
        Refused(GgufStatus.CountTooLarge, 24 + 9 + 4, new GgufFile().Array("a", GgufValueType.UInt64, 1L << 61).Make());
        Refused(GgufStatus.CountTooLarge, 24 + 9 + 4, new GgufFile().Array("a", GgufValueType.Text, long.MinValue).Make());
        Refused(GgufStatus.CountTooLarge, 24 + 9 + 4 + 12, new GgufFile().Array("a", GgufValueType.Text, 1, most).Make());
        Refused(GgufStatus.LimitExceeded, 24 + 9 + 4, new GgufFile().Entry("a", GgufValueType.Text, GgufFile.Text(new string('v', (4 << 20) + 1))).Make());
        // An array that the file has room for, but no header; and more tensors than any file has.
        Refuses(GgufStatus.LimitExceeded, 24 + 9 + 4, new LongStream(new GgufFile().Array("a", GgufValueType.UInt8, 300L << 20).Make(), 1L << 40));
        Refuses(GgufStatus.LimitExceeded, 8, new LongStream(Set(new GgufFile().Make(), 8, 0, 0, 0, 1), 1L << 40));
        Assert.Equal(Enum.GetValues<GgufStatus>(), seen.Order());
        static byte[] Set(byte[] file, int at, params byte[] bytes) { bytes.CopyTo(file, at); return file; }
    }

    // Zeros behind the head.
    private sealed class LongStream(byte[] head, long length) : MemoryStream
    {
        public override long Length => length;

        public override long Position { get; set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(buffer.Length, length - Position), held = (int)Math.Clamp(head.Length - Position, 0, count);
            buffer.Span[..count].Clear();
            if (held > 0) head.AsSpan((int)Position, held).CopyTo(buffer.Span);
            return ValueTask.FromResult(count);
        }
    }

    [Fact]
    public void Open_EveryTypeNumber_ListedOrRefused()
    {
        Dictionary<uint, (string, int, int)> types = new()
        {
            [0] = ("F32", 1, 4), [1] = ("F16", 1, 2), [2] = ("Q4_0", 32, 18), [3] = ("Q4_1", 32, 20), [6] = ("Q5_0", 32, 22), [7] = ("Q5_1", 32, 24),
            [8] = ("Q8_0", 32, 34), [9] = ("Q8_1", 32, 36), [10] = ("Q2_K", 256, 84), [11] = ("Q3_K", 256, 110), [12] = ("Q4_K", 256, 144),
            [13] = ("Q5_K", 256, 176), [14] = ("Q6_K", 256, 210), [15] = ("Q8_K", 256, 292), [16] = ("IQ2_XXS", 256, 66), [17] = ("IQ2_XS", 256, 74),
            [18] = ("IQ3_XXS", 256, 98), [19] = ("IQ1_S", 256, 50), [20] = ("IQ4_NL", 32, 18), [21] = ("IQ3_S", 256, 110), [22] = ("IQ2_S", 256, 82),
            [23] = ("IQ4_XS", 256, 136), [24] = ("I8", 1, 1), [25] = ("I16", 1, 2), [26] = ("I32", 1, 4), [27] = ("I64", 1, 8), [28] = ("F64", 1, 8),
            [29] = ("IQ1_M", 256, 56), [30] = ("BF16", 1, 2), [34] = ("TQ1_0", 256, 54), [35] = ("TQ2_0", 256, 66), [39] = ("MXFP4", 32, 17),
            [40] = ("NVFP4", 64, 36), [41] = ("Q1_0", 128, 18),
        };
        for (uint number = 0; number < 100; number++)
        {
            bool known = types.TryGetValue(number, out (string Name, int Elements, int Bytes) type);
            GgufOpening opening = Open(new GgufFile().Tensor("t", number, [known ? 3 * type.Elements : 1], new byte[known ? 3 * type.Bytes : 8]).Make());
            Assert.Equal(known ? GgufStatus.Ok : GgufStatus.UnknownType, opening.Status);
            if (!known) continue;
            TensorInfo tensor = opening.Reader!.Tensors[0];
            Assert.Equal((type.Name, 3L * type.Bytes, 3L * type.Elements), (tensor.Type.ToString(), tensor.Length, tensor.Elements));
            Assert.Equal((type.Elements, type.Bytes, type.Elements > 4), (tensor.Type.BlockElements(), tensor.Type.BlockBytes(), tensor.Type.IsBlock()));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorType.Q8_0.BitSize());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((TensorType)TensorTypes.Count).IsBlock());
    }

    [Fact]
    public void Open_HeaderLongerThanTheWindow_IsReadThroughIt()
    {
        var file = new GgufFile();
        for (int i = 0; i < 40; i++) file.Entry($"{i}{new string('k', 60_000)}", GgufValueType.Text, GgufFile.Text(new string('v', 5_000 * i)));
        file.Array("words", GgufValueType.Text, 50_000, [.. Enumerable.Repeat(GgufFile.Text("ab"), 50_000).SelectMany(b => b)]);
        GgufReader reader = Open(file.Tensor("w", 0, [2], new byte[8]).Make()).Reader!;
        Assert.Equal(39 * 5_000, reader.Metadata[39].Text!.Length);
        Assert.Equal(50_000, reader.Metadata[^1].Count);
        Assert.Equal(reader.Length, reader.Tensors[0].Offset + 8);
        Assert.Equal(GgufStatus.LimitExceeded, Open(new GgufFile().Entry(new string('k', 65_536), GgufValueType.UInt8, 0).Make()).Status);
    }

    [Fact]
    public void Open_DeclaredCounts_TakeNoMemoryForThem()
    {
        byte[] file = new GgufFile().Make();
        Array.Resize(ref file, 40);
        BitConverter.GetBytes(1UL << 40).CopyTo(file, 16);
        Open(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(GgufStatus.CountTooLarge, Open(file).Status);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
    }

    [Fact]
    public void Open_HostileBytes_NeverThrowsAndStaysInside()
    {
        byte[][] seeds = [Rich().Make(), new GgufFile().Tensor("a", 8, [32, 2], new byte[68]).Tensor("b", 30, [3], new byte[6]).Make(), new GgufFile().Make()];
        int accepted = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            GgufOpening opening = Open(bytes.ToArray());
            Assert.InRange(opening.ErrorOffset, 0, bytes.Length);
            if (opening.Reader is not { } reader) return;
            accepted++;
            long end = reader.DataOffset;
            foreach (TensorInfo tensor in reader.Tensors)
            {
                Assert.True(tensor.Offset >= end && tensor.Length >= 0 && tensor.Offset + tensor.Length <= bytes.Length, tensor.ToString());
                end = tensor.Offset + tensor.Length;
            }
        }, 30_000);
        Assert.InRange(accepted, 1, 20_000);
    }
}
