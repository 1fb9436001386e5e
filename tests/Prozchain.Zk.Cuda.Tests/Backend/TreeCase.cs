using System.Buffers;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Cuda.Tests.Backend;

/// <summary>Matrices and salts, committed to by the processor and laid out for the device, to compare the two.</summary>
internal sealed class TreeCase<TField, TTree> : IDisposable
    where TField : unmanaged, IField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    // More than the rows, so that a column that is looked for one place off is not found.
    private const int Gap = 3;

    private readonly CudaDevice _device = TestDevice.Open();
    private readonly Random _random;

    public TreeCase(int seed, int saltLength, int capHeight, params ReadOnlySpan<MatrixDimensions> dimensions)
    {
        _random = new(seed);
        Session = new(_device, 1 << 28);
        Shape = new(dimensions, capHeight, saltLength);
        var matrices = new ReadOnlyMemory<TField>[dimensions.Length][];
        for (int i = 0; i < matrices.Length; i++) matrices[i] = Columns(dimensions[i].Height, dimensions[i].Width);
        var salts = new Recorder(seed);
        Host = saltLength == 0
            ? BatchCommitment<TField, TTree>.Commit(matrices, capHeight)
            : BatchCommitment<TField, TTree>.CommitSalted(matrices, saltLength, ref salts, capHeight);
        var again = new Recorder(seed);
        Matrices = [.. matrices.Select((columns, i) =>
        {
            List<DeviceColumns> parts = [Upload(columns)];
            if (saltLength > 0) parts.Add(Upload([.. Enumerable.Range(0, saltLength).Select(_ => Salts(Shape.Matrices[i].Height))]));
            return (IReadOnlyList<DeviceColumns>)parts;

            ReadOnlyMemory<TField> Salts(int height)
            {
                var column = new TField[height];
                foreach (ref TField salt in column.AsSpan()) salt = TField.Sample(ref again);
                return column;
            }
        })];
    }

    public DeviceSession Session { get; }

    public BatchShape Shape { get; }

    public BatchCommitment<TField, TTree> Host { get; }

    public IReadOnlyList<IReadOnlyList<DeviceColumns>> Matrices { get; }

    /// <summary>Builds, compares the caps, and openings at one index, at some with repeats, and at all.</summary>
    public void Check()
    {
        using (DeviceTree<TField, TTree> tree = DeviceTree<TField, TTree>.Build(Session, Shape, Matrices))
        {
            Assert.Equal(Host.Cap, tree.Cap);
            CheckOpening(tree, [Shape.Height - 1]);
            var some = new int[5];
            foreach (ref int index in some.AsSpan()) index = _random.Next(Shape.Height);
            CheckOpening(tree, [.. some, some[2], 0, some[0]]);
            if (Shape.Height <= 64) CheckOpening(tree, [.. Enumerable.Range(0, Shape.Height)]);
        }
    }

    public void CheckOpening(DeviceTree<TField, TTree> tree, int[] indices)
    {
        BatchOpening<TField> got = tree.Open(indices);
        Assert.Equal(Encoded(Host.Open(indices)), Encoded(got));
        Assert.Equal(VerifyResult.Valid, got.Verify<TTree>(Host.Cap, Shape, indices, out _));
    }

    public void Dispose()
    {
        Session.Dispose();
        _device.Dispose();
    }

    private static byte[] Encoded(BatchOpening<TField> opening)
    {
        ArrayBufferWriter<byte> writer = new();
        opening.Write(writer);
        return writer.WrittenSpan.ToArray();
    }

    private ReadOnlyMemory<TField>[] Columns(int height, int width)
    {
        var columns = new ReadOnlyMemory<TField>[width];
        for (int i = 0; i < width; i++)
        {
            var column = new TField[height];
            foreach (ref TField element in column.AsSpan())
                element = _random.Next(8) switch { 0 => TField.Zero, 1 => -TField.One, _ => TField.FromUInt64((ulong)_random.NextInt64()) };
            columns[i] = column;
        }
        return columns;
    }

    private DeviceColumns Upload(ReadOnlyMemory<TField>[] columns)
    {
        int stride = columns[0].Length + Gap;
        var values = new TField[stride * columns.Length];
        for (int i = 0; i < columns.Length; i++) columns[i].Span.CopyTo(values.AsSpan(i * stride));
        return new(Session.Upload<TField>(values, "columns of a test").Address, columns.Length, stride);
    }

    private struct Recorder(int seed) : IUniformSource
    {
        private readonly Random _stream = new(seed);

        public readonly void Fill(scoped Span<byte> destination) => _stream.NextBytes(destination);
    }
}
