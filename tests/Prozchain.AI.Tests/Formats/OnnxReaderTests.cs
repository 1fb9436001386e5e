using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;
using Prozchain.AI.Tests.Onnx;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public class OnnxReaderTests
{
    private static readonly float[] s_values = [1, -2, 3.5f];

    [Fact]
    public async Task Open_Model_FindsItsTensorsByRanges()
    {
        byte[] file = new OnnxBytes().Constant("a", s_values, 3).Packed("b", s_values)
            .Constant("c", OnnxTensor.FromLongs(OnnxType.Int4, [2], [1, -2])).Input("x", OnnxType.Float, 3)
            .Node("Add", ["x", "a"], ["y"]).Output("y").Build();
        OnnxOpening opening = await OnnxReader.OpenAsync(new MemoryStream(file));
        Assert.Equal(OnnxStatus.SizeMismatch, opening.Status);

        file = new OnnxBytes().Constant("a", s_values, 3).Packed("b", s_values).Input("x", OnnxType.Float, 3).Node("Add", ["x", "a"], ["y"]).Output("y").Build();
        OnnxReader reader = (await OnnxReader.OpenAsync(new MemoryStream(file))).Reader!;
        Assert.Equal(ModelFormat.Onnx, reader.Format);
        Assert.Equal(file.Length, reader.Length);
        Assert.Equal(["a", "b"], reader.Tensors.Select(t => t.Name));
        foreach (TensorInfo tensor in reader.Tensors)
        {
            var bytes = new byte[tensor.Length];
            Assert.Equal(12, await reader.ReadTensorAsync(tensor, 0, bytes));
            Assert.Equal(s_values.SelectMany(BitConverter.GetBytes), bytes);
            Assert.Equal(TensorType.F32, tensor.Type);
        }
        Assert.Same(reader.Tensors[1], reader.Find("b"));
        Assert.Null(reader.Find("y"));
    }

    [Fact]
    public async Task Open_LargeElements_AreNeitherReadNorHeld()
    {
        byte[] model = new OnnxBytes().Constant("a", new float[1 << 20], 1 << 20).Output("a").Build();
        var stream = new CountingStream(model);
        OnnxOpening opening = await OnnxReader.OpenAsync(stream);
        Assert.Equal(OnnxStatus.Ok, opening.Status);
        Assert.Equal(4 << 20, Assert.Single(opening.Reader!.Tensors).Length);
        Assert.InRange(stream.BytesRead, 1, 3 * 64 * 1024);
    }

    [Fact]
    public async Task OpenData_ExternalFile_IsReadByRangesAndFeedsTheModel()
    {
        byte[] data = new byte[64];
        s_values.SelectMany(BitConverter.GetBytes).ToArray().CopyTo(data, 16);
        byte[] file = new OnnxBytes().External("a", OnnxType.Float, [3], ("location", "weights/a.bin"), ("offset", "16"), ("length", "12"))
            .External("b", OnnxType.UInt8, [4], ("location", "weights/a.bin"), ("offset", "60")).Output("a").Build();
        OnnxReader reader = (await OnnxReader.OpenAsync(new MemoryStream(file))).Reader!;
        Assert.Equal(["weights/a.bin"], reader.ExternalLocations);
        Assert.Empty(reader.Tensors);
        Assert.Throws<ArgumentException>(() => reader.OpenData("b.bin", new MemoryStream()));

        OnnxDataReader external = reader.OpenData("weights/a.bin", new MemoryStream(data)).Reader!;
        Assert.Equal([("a", 16L), ("b", 60L)], external.Tensors.Select(t => (t.Name, t.Offset)));
        OnnxModelReading reading = await OnnxModel.ReadAsync(reader, new Dictionary<string, OnnxDataReader> { ["weights/a.bin"] = external });
        Assert.Equal(s_values, reading.Model!.Constants["a"].Floats());

        Assert.Equal(OnnxStatus.MissingExternalData, (await OnnxModel.ReadAsync(reader, null)).Status);
        OnnxDataOpening shorter = reader.OpenData("weights/a.bin", new MemoryStream(data, 0, 63));
        Assert.Equal((OnnxStatus.Truncated, 60L), (shorter.Status, shorter.ErrorOffset));
    }

    [Fact]
    public async Task OpenData_OverlappingTensors_AreRefused()
    {
        byte[] file = new OnnxBytes().External("a", OnnxType.Float, [3], ("location", "a")).External("b", OnnxType.UInt8, [4], ("location", "a"), ("offset", "8")).Build();
        OnnxReader reader = (await OnnxReader.OpenAsync(new MemoryStream(file))).Reader!;
        Assert.Equal(OnnxStatus.OverlappingData, reader.OpenData("a", new MemoryStream(new byte[64])).Status);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../weights")]
    [InlineData("a/.. /weights")]
    [InlineData(".. ./weights")]
    [InlineData("a\u0001b")]
    [InlineData("a/../../b")]
    [InlineData("C:weights")]
    [InlineData("a\\b")]
    [InlineData("a//b")]
    [InlineData("")]
    public async Task Open_LocationOutsideTheFolder_IsRefused(string location)
    {
        byte[] file = new OnnxBytes().External("a", OnnxType.Float, [3], ("location", location)).Build();
        Assert.Equal(OnnxStatus.InvalidExternalData, (await OnnxReader.OpenAsync(new MemoryStream(file))).Status);
    }

    public static TheoryData<string, OnnxStatus> Broken()
    {
        byte[] Tensor(params byte[][] fields) => OnnxBytes.Message(fields);
        byte[] name = OnnxBytes.Field(8, "a"), single = OnnxBytes.Varint(2, 1), raw = OnnxBytes.Field(9, new byte[4]);
        (byte[] File, OnnxStatus Status)[] cases =
        [
            ([], OnnxStatus.MissingGraph),
            ([0x3A], OnnxStatus.Truncated),
            ([0x3A, 0x05, 0x00], OnnxStatus.InvalidLength),
            ([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], OnnxStatus.InvalidLength),
            ([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], OnnxStatus.InvalidNumber),
            ([0x00, 0x00], OnnxStatus.InvalidTag),
            ([0x0B], OnnxStatus.InvalidTag),
            ([0x38, 0x01], OnnxStatus.UnexpectedValue),
            ([0x3A, 0x00, 0x3A, 0x00], OnnxStatus.DuplicateField),
            (Graph(Tensor(single, raw)), OnnxStatus.MissingName),
            (Graph(Tensor(name, raw)), OnnxStatus.UnknownType),
            (Graph(Tensor(name, OnnxBytes.Varint(2, 27), raw)), OnnxStatus.UnknownType),
            (Graph(Tensor(name, single)), OnnxStatus.SizeMismatch),
            (Graph(Tensor(name, single, OnnxBytes.Varint(1, 2), raw)), OnnxStatus.SizeMismatch),
            (Graph(Tensor(name, single, OnnxBytes.Varint(1, -1), raw)), OnnxStatus.InvalidDimension),
            (Graph(Tensor(name, single, OnnxBytes.Varint(1, 1L << 40), OnnxBytes.Varint(1, 1L << 40), raw)), OnnxStatus.ShapeOverflow),
            (Graph(Tensor(name, single, raw, OnnxBytes.Field(4, new byte[4]))), OnnxStatus.ConflictingData),
            (Graph(Tensor(name, single, OnnxBytes.Varint(5, 1))), OnnxStatus.ConflictingData),
            (Graph(Tensor(name, single, raw, raw)), OnnxStatus.DuplicateField),
            (Graph(Tensor(name, single, raw, OnnxBytes.Field(3, []))), OnnxStatus.NotOffered),
            (Graph(Tensor(OnnxBytes.Field(8, [0xFF]), single, raw)), OnnxStatus.InvalidText),
            (Graph(Tensor(OnnxBytes.Field(8, new byte[5000]), single, raw)), OnnxStatus.LimitExceeded),
            (Graph(Tensor(name, single, raw), Tensor(name, single, raw)), OnnxStatus.DuplicateName),
            (Graph(Tensor([.. name, .. single, .. Enumerable.Range(0, 65).SelectMany(_ => OnnxBytes.Varint(1, 1)), .. raw])), OnnxStatus.LimitExceeded),
        ];
        var data = new TheoryData<string, OnnxStatus>();
        foreach ((byte[] file, OnnxStatus status) in cases) data.Add(Convert.ToHexString(file), status);
        return data;

        static byte[] Graph(params byte[][] tensors) => OnnxBytes.Field(7, OnnxBytes.Message([.. tensors.Select(t => OnnxBytes.Field(5, t))]));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Open_BrokenFile_IsRefusedWithReasonAndOffset(string file, OnnxStatus status)
    {
        byte[] bytes = Convert.FromHexString(file);
        OnnxOpening opening = await OnnxReader.OpenAsync(new MemoryStream(bytes));
        Assert.Equal(status, opening.Status);
        Assert.Null(opening.Reader);
        Assert.InRange(opening.ErrorOffset, 0, bytes.Length);
    }

    [Fact]
    public async Task ReadModel_UnknownOrDoubledValue_IsRefusedAtTheNode()
    {
        Assert.Equal(OnnxStatus.UnknownValue, (await OnnxModel.ReadAsync(new MemoryStream(new OnnxBytes().Node("Relu", ["x"], ["y"]).Output("y").Build()))).Status);
        byte[] doubled = new OnnxBytes().Input("x", OnnxType.Float, 1).Node("Relu", ["x"], ["y"]).Node("Abs", ["x"], ["y"]).Output("y").Build();
        OnnxModelReading reading = await OnnxModel.ReadAsync(new MemoryStream(doubled));
        Assert.Equal(OnnxStatus.DuplicateName, reading.Status);
        Assert.InRange(reading.ErrorOffset, 1, doubled.Length);
        Assert.Equal(OnnxStatus.UnknownValue, (await OnnxModel.ReadAsync(new MemoryStream(new OnnxBytes().Output("y").Build()))).Status);
        Assert.Equal(OnnxStatus.NotOffered, (await OnnxModel.ReadAsync(new MemoryStream(new OnnxBytes().Raw(15, []).Build()))).Status);
    }

    [Theory]
    [InlineData(1L << 40)]
    [InlineData(1L << 29)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    public void Run_SizesThatNobodyHas_AreRefusedBeforeTheyAreAllocated(long size)
    {
        OnnxBytes Model() => new OnnxBytes().Constant("shape", OnnxTensor.Indices(size)).Input("x", OnnxType.Float, 1);
        OnnxModel[] models =
        [
            Model().Node("ConstantOfShape", ["shape"], ["y"]).Output("y").Model(), Model().Node("Expand", ["x", "shape"], ["y"]).Output("y").Model(),
            Model().Node("Tile", ["x", "shape"], ["y"]).Output("y").Model(), Model().Node("Reshape", ["x", "shape"], ["y"]).Output("y").Model(),
            Model().Constant("pads", OnnxTensor.Indices(size, 0)).Node("Pad", ["x", "pads"], ["y"]).Output("y").Model(),
        ];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (OnnxModel model in models)
        {
            OnnxRun run = OnnxEvaluator.Run(model, new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of([1f], 1) });
            Assert.Contains(model.Nodes[0].ToString(), run.Error, StringComparison.Ordinal);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void ReadAndRun_HostileBytes_NeverThrow()
    {
        List<OnnxCase> cases = OnnxCase.All("node-tests");
        byte[][] models = [.. cases.Where(c => c.Model.Length < 1500).Select(c => c.Model).Where((_, i) => i % 4 == 0)];
        HostileBytes.Feed(models, bytes =>
        {
            OnnxModelReading reading = OnnxModel.ReadAsync(new MemoryStream(bytes.ToArray())).AsTask().GetAwaiter().GetResult();
            Assert.Equal(reading.Status == OnnxStatus.Ok, reading.Model is not null);
            if (reading.Model is null) Assert.InRange(reading.ErrorOffset, 0, bytes.Length);
            else
            {
                OnnxRun run = OnnxEvaluator.Run(reading.Model, reading.Model.Inputs.Where(v => v.Dims is not null && v.Type.IsOffered()).ToDictionary(v => v.Name, Zeros));
                Assert.NotEqual(run.Outputs is null, run.Error is null);
            }
        }, 4_000);
        byte[][] tensors = [.. cases.SelectMany(c => c.Outputs).Where((_, i) => i % 4 == 0)];
        HostileBytes.Feed(tensors, bytes => OnnxTensorProto.TryRead(bytes, out _, out _), 20_000);
    }

    private static OnnxTensor Zeros(OnnxValue value)
    {
        int[] shape = [.. value.Dims!.Select(d => (int)Math.Clamp(d ?? 1, 0, 64))];
        return shape.Aggregate(1L, (a, b) => a * b) > 1 << 16 ? OnnxTensor.Zeros(value.Type, 1) : OnnxTensor.Zeros(value.Type, shape);
    }

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }
    }
}
