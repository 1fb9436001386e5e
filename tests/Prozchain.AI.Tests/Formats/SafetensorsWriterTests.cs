using System.Collections.Immutable;
using System.Text;
using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public class SafetensorsWriterTests
{
    [Fact]
    public async Task Write_KnownModel_IsByteForByteTheFormatsOwnWriting()
    {
        // Widest types first, then names; the header filled up with spaces to eight bytes.
        var writer = new SafetensorsWriter(
            [("b", TensorType.U8, [3]), ("\"\n\u0001é", TensorType.F32, []), ("a", TensorType.F32, [2, 1]), ("none", TensorType.F16, [0])],
            new Dictionary<string, string> { ["z"] = "\\", ["format"] = "pt" });
        const string Header = """{"__metadata__":{"format":"pt","z":"\\"},"\"\n\u0001é":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]},"none":{"dtype":"F16","shape":[0],"data_offsets":[12,12]},"b":{"dtype":"U8","shape":[3],"data_offsets":[12,15]}}""";
        byte[] text = Encoding.UTF8.GetBytes(Header);
        int padded = (text.Length + 7) / 8 * 8;
        var output = new MemoryStream();
        await writer.WriteAsync(output, (tensor, offset, memory, _) => { memory.Span.Fill((byte)tensor.Name.Length); return ValueTask.FromResult(memory.Length); });
        byte[] expected = [.. BitConverter.GetBytes((long)padded), .. text, .. Enumerable.Repeat((byte)' ', padded - text.Length),
            4, 4, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        Assert.Equal(expected, output.ToArray());
        Assert.Equal(expected.Length, writer.Length);
        Assert.Equal(SafetensorsStatus.Ok, SafetensorsHeader.TryRead(output.ToArray(), out SafetensorsHeader? header));
        Assert.Equal("\\", header!.Metadata["z"]);
        Assert.Equal(writer.Tensors.Select(t => (t.ToString(), t.Offset)), header.Tensors.Select(t => (t.ToString(), t.Offset)));
    }

    [Fact]
    public async Task Write_RandomModels_ReadBackAsTheyWere()
    {
        var random = new SeededRandom(21);
        for (int round = 0; round < 40; round++)
        {
            var content = new Dictionary<string, byte[]>();
            List<(string, TensorType, ImmutableArray<long>)> tensors = [];
            for (int i = random.Next(0, 12); i > 0; i--)
            {
                var type = (TensorType)random.Next(0, TensorTypes.SafetensorsCount);
                ImmutableArray<long> shape = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => (long)random.Next(0, 6)), 4];
                string name = $"{(char)random.Next(32, 0xD7FF)}{(random.Next(2) == 0 ? "😀" : "")}{i}";
                tensors.Add((name, type, shape));
                content[name] = random.Bytes((int)(shape.Aggregate(1L, (a, b) => a * b) / type.BlockElements() * type.BlockBytes()));
            }
            var writer = new SafetensorsWriter(tensors, round % 2 == 0 ? null : new Dictionary<string, string> { [$"k{round}"] = "v" });
            var output = new MemoryStream();
            await writer.WriteAsync(output, (t, offset, memory, _) => { content[t.Name].AsMemory((int)offset, memory.Length).CopyTo(memory); return ValueTask.FromResult(memory.Length); });
            output.Position = 0;
            SafetensorsReader reader = (await SafetensorsReader.OpenAsync(output)).Reader!;
            Assert.Equal(0, reader.Header.DataOffset % 8);
            Assert.Equal(content.Count, reader.Tensors.Count);
            foreach (TensorInfo tensor in reader.Tensors)
            {
                var bytes = new byte[tensor.Length];
                await reader.ReadTensorAsync(tensor, 0, bytes);
                Assert.Equal(content[tensor.Name], bytes);
                if (!tensor.Type.IsBlock() && tensor.Type.BitSize() >= 8) Assert.Equal(0, tensor.Offset % (tensor.Type.BitSize() / 8));
            }
            // What the writer makes of its own file is that file.
            var again = new MemoryStream();
            await SafetensorsWriter.CopyAsync(again, reader, reader.Header.Metadata);
            Assert.Equal(output.ToArray(), again.ToArray());
        }
    }

    [Fact]
    public async Task Copy_FromGguf_KeepsTheTensors()
    {
        byte[] data = new SeededRandom(3).Bytes(24);
        GgufReader gguf = (await GgufReader.OpenAsync(new MemoryStream(new GgufFile().Tensor("w", 1, [4, 3], data).Make()))).Reader!;
        var output = new MemoryStream();
        await SafetensorsWriter.CopyAsync(output, gguf);
        Assert.Equal(SafetensorsStatus.Ok, SafetensorsHeader.TryRead(output.ToArray(), out SafetensorsHeader? header));
        Assert.Equal("w: F16[3,4]", header!.Tensors[0].ToString());
        Assert.Equal(data, output.ToArray()[^24..]);
        GgufReader blocks = (await GgufReader.OpenAsync(new MemoryStream(new GgufFile().Tensor("w", 8, [32], new byte[34]).Make()))).Reader!;
        await Assert.ThrowsAsync<ArgumentException>(async () => await SafetensorsWriter.CopyAsync(output, blocks));
    }

    [Fact]
    public async Task Make_Misuse_IsTold()
    {
        static void Refused(params (string, TensorType, ImmutableArray<long>)[] tensors) => Assert.ThrowsAny<ArgumentException>(() => new SafetensorsWriter(tensors));
        Refused(("", TensorType.U8, []));
        Refused(("__metadata__", TensorType.U8, []));
        Refused(("a", TensorType.U8, []), ("a", TensorType.F32, []));
        Refused(("\ud800", TensorType.U8, []));
        Refused((new string('n', 4_097), TensorType.U8, []));
        Refused(("a", TensorType.Q8_0, [32]));
        Refused(("a", TensorType.F4, [3]));
        Refused(("a", TensorType.U8, [-1]));
        Refused(("a", TensorType.U8, [1L << 62]), ("b", TensorType.U8, [1L << 62]));
        Refused(("a", TensorType.U8, default));
        var writer = new SafetensorsWriter([("a", TensorType.U8, [9])]);
        await Assert.ThrowsAsync<IOException>(async () => await writer.WriteAsync(new MemoryStream(), (_, _, _, _) => ValueTask.FromResult(8)));
    }
}
