using System.Diagnostics;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;
namespace Prozchain.Zk.Tests;
public class ScratchBench(ITestOutputHelper output)
{
    [Fact]
    public void Bench()
    {
        if (Environment.GetEnvironmentVariable("FRI_BENCH") is not { } spec) return;
        int log = int.Parse(spec);
        int width = 1312;
        var test = new FriCase([[(log, width)]], new[] { 3, 3, 3, log - 9 - 5 }.Where(x => x > 0).ToArray()) { Queries = 100, Batching = BatchingKind.Tensor, Grinding = default };
        int stride = ColumnLayout.PaddedStride(2 << log);
        F[] values = new F[width * stride];
        var rnd = new Random(1);
        for (int i = 0; i < values.Length; i++) values[i] = F.FromUInt64((uint)rnd.Next());
        for (int rep = 0; rep < 4; rep++)
        foreach (int threads in new[] { 1, 2 })
        {
            var sw = Stopwatch.StartNew();
            var set = new ColumnSet<F>(log, values, new ColumnLayout(width, stride), F.One, true);
            var ext = new MatrixExtender<F>(1).Extend(set, threads, default);
            double tExt = sw.Elapsed.TotalMilliseconds; sw.Restart();
            var c = Prozchain.Zk.Merkle.BatchCommitment<F, Tree>.Commit([Enumerable.Range(0, width).Select(ext.Column).ToArray()], 0, threads);
            var batch = new CommittedBatch<F, Tree>([ext], c);
            double tHash = sw.Elapsed.TotalMilliseconds; sw.Restart();
            var pts = FieldTools.Elements<E>(2, 77);
            var claims = pts.Select(p => new OpeningClaim<E>(0, 0, p, new PointEvaluator<F, KoalaBear4>(log, p).Evaluate(ext, threads))).ToArray();
            double tEval = sw.Elapsed.TotalMilliseconds; sw.Restart();
            byte[] proof = test.Prove([batch], claims, threads);
            double tProve = sw.Elapsed.TotalMilliseconds; sw.Restart();
            var r = test.Verify(proof, FriCase.Public([batch]), claims);
            double tVer = sw.Elapsed.TotalMilliseconds;
            output.WriteLine($"threads {threads}: extend {tExt:F0} hash {tHash:F0} evaluate {tEval:F0} prove {tProve:F0} verify {tVer:F1} ms, {proof.Length} bytes {r}");
            Console.WriteLine($"threads {threads}: extend {tExt:F0} hash {tHash:F0} evaluate {tEval:F0} prove {tProve:F0} verify {tVer:F1} ms, {proof.Length} bytes {r}");
        }
    }
}
