using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>Low-degree extension and Merkle trees.</summary>
internal static class MeasuredCommitments
{
    private const int LogBlowup = 1;
    private const double ExtensionBar = 0.5, TreeBar = 0.4;

    // As the committer gives columns to the transforms.
    private const long PieceBytes = 8 << 20;

    public static void Measure(SelfTestBench bench)
    {
        int width = bench.Options.Columns, logRows = bench.Fit(bench.Options.LogRows, log => 20L * width << log);
        Extend(bench, logRows, width, (int)Math.Clamp(PieceBytes / DeviceMatrix.ElementSize >> logRows, 1, width), "in pieces as proofs do");
        Extend(bench, logRows, width, width, "all columns at once");
        int logHeight = bench.Fit(bench.Options.LogRows + LogBlowup, log => (4L * width + 64) << log);
        Commit<ByteMatrixHash<F, Keccak256>>(bench, "Keccak-256", logHeight, width, isLogic: true);
        Commit<ByteMatrixHash<F, Blake3>>(bench, "BLAKE3", logHeight, width, isLogic: true);
        Commit<ByteMatrixHash<F, Sha256>>(bench, "SHA-256", logHeight, width, isLogic: true);
        Commit<SpongeMatrixHash<KoalaBear, Poseidon2Width24<KoalaBear>, Poseidon2Width16<KoalaBear>>>(bench, "Poseidon2", logHeight, width, isLogic: false);
    }

    private static void Extend(SelfTestBench bench, int logRows, int width, int piece, string how) =>
        bench.Measure($"extend 2^{logRows} x {width}, {how}", WorkCost.Extension(logRows, LogBlowup) * width, ExtensionBar, CheckExtend, session =>
        {
            DeviceTransforms<F> transforms = new(session);
            DeviceMatrix source = SelfTestData.Columns(session, logRows, 0, width, 1), target = DeviceMatrix.Allocate(session, logRows, LogBlowup, width, "extended columns");
            return () =>
            {
                for (int first = 0; first < width; first += piece)
                {
                    int count = Math.Min(piece, width - first);
                    transforms.Extend(source.Columns(first, count), TransformOrder.Natural, F.MultiplicativeGenerator, target.Columns(first, count));
                }
            };
        });

    private static bool CheckExtend(DeviceSession session)
    {
        // Two passes.
        const int LogRows = 13, Width = 3;
        using DeviceTransforms<F> transforms = new(session);
        using DeviceMatrix source = SelfTestData.Columns(session, LogRows, 0, Width, 2), target = DeviceMatrix.Allocate(session, LogRows, LogBlowup, Width, "extended columns");
        F[] columns = SelfTestData.Read(session, source), expected = new F[Width << (LogRows + LogBlowup)];
        transforms.Extend(source, TransformOrder.Natural, F.MultiplicativeGenerator, target);
        new CosetExtension<F>(LogRows, LogBlowup, F.MultiplicativeGenerator).Extend(columns, new(Width, 1 << LogRows), expected, new(Width, 1 << (LogRows + LogBlowup)));
        if (!expected.AsSpan().SequenceEqual(SelfTestData.Read(session, target))) return false;
        for (int column = 0; column < Width; column++) DomainPoints<F>.Permute(columns.AsSpan(column << LogRows, 1 << LogRows));
        session.Write<F>(source.Values, 0, columns);
        transforms.Extend(source, TransformOrder.BitReversed, F.MultiplicativeGenerator, target);
        return expected.AsSpan().SequenceEqual(SelfTestData.Read(session, target));
    }

    private static void Commit<TTree>(SelfTestBench bench, string hash, int logHeight, int width, bool isLogic) where TTree : struct, IMatrixHash<F> =>
        bench.Measure(
            $"commit to 2^{logHeight} x {width}, {hash}", WorkCost.Tree(HashCost.OfRow<F, TTree>(width), HashCost.OfNode<F, TTree>(), 1L << logHeight, isLogic), TreeBar,
            CheckCommit<TTree>, session =>
            {
                DeviceMatrix columns = SelfTestData.Columns(session, logHeight, 0, width, 3);
                return () => Build<TTree>(session, columns).Dispose();
            });

    private static bool CheckCommit<TTree>(DeviceSession session) where TTree : struct, IMatrixHash<F>
    {
        // Rows of some blocks, and levels below those that one block makes.
        const int LogHeight = 11, Width = 70;
        using DeviceMatrix columns = SelfTestData.Columns(session, LogHeight, 0, Width, 4);
        F[] values = SelfTestData.Read(session, columns);
        ReadOnlyMemory<F>[] onHost = [.. Enumerable.Range(0, Width).Select(column => (ReadOnlyMemory<F>)values.AsMemory(column << LogHeight, 1 << LogHeight))];
        using DeviceTree<F, TTree> tree = Build<TTree>(session, columns);
        return BatchCommitment<F, TTree>.Commit([onHost]).Cap.SequenceEqual(tree.Cap);
    }

    private static DeviceTree<F, TTree> Build<TTree>(DeviceSession session, DeviceMatrix columns) where TTree : struct, IMatrixHash<F> =>
        DeviceTree<F, TTree>.Build(session, new([new MatrixDimensions(1 << columns.LogSize, columns.Width)], 0, 0), [[DeviceColumns.Of(columns)]]);
}
