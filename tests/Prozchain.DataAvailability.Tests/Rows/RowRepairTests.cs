using FsCheck;
using FsCheck.Fluent;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Rows;

namespace Prozchain.DataAvailability.Tests.Rows;

public class RowRepairTests
{
    [Fact]
    public void Repair_AnyKRows_RestoresAll()
    {
        Gen<(int, int, int, int)> shapes =
            from k in Gen.Choose(0, 5)
            from total in Gen.Choose(k + 1, 7)
            from units in Gen.Choose(1, 12)
            from seed in Gen.Choose(1, 1_000_000)
            select (1 << k, 1 << total, 64 * units, seed);
        Prop.ForAll(shapes.ToArbitrary(), shape =>
        {
            (int k, int total, int size, int seed) = shape;
            ExtendedRows rows = TestRows.Full(k, total - k, size, seed);
            RowVerifier verifier = TestRows.Verifier(rows);
            int[] order = [.. Enumerable.Range(0, total)];
            new Random(seed).Shuffle(order);
            var repair = new RowRepair(rows.Commitment);
            for (int i = 0; i < k; i++)
            {
                Assert.Equal(RepairStatus.NotEnough, repair.Repair(out ExtendedRows? none));
                Assert.Null(none);
                Assert.True(repair.Add(TestRows.Checked(verifier, rows.Prove(order[i]))));
                Assert.False(repair.Add(TestRows.Checked(verifier, rows.Prove(order[i]))));
                Assert.Equal(k - 1 - i, repair.Needed);
            }
            return repair.Repair(out ExtendedRows? again) == RepairStatus.Repaired && again!.Rows.Span.SequenceEqual(rows.Rows.Span);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void Repair_RowsThatVerifyBesideOnesThatDoNot_IsBadEncodingForEveryone()
    {
        RowParameters parameters = new(64, 4, 12);
        byte[] bytes = TestRows.Full(4, 12, 64).Rows.ToArray();
        bytes[15 * 64] ^= 1;
        ExtendedRows rows = new RowWork(parameters, bytes, 1, null, default).Commit();
        RowVerifier verifier = TestRows.Verifier(rows);
        foreach (int first in (int[])[0, 4, 8])
        {
            var repair = new RowRepair(rows.Commitment);
            for (int i = first; i < first + 4; i++) repair.Add(TestRows.Checked(verifier, rows.Prove(i)));
            Assert.Equal(RepairStatus.BadEncoding, repair.Repair(out ExtendedRows? none));
            Assert.Null(none);
        }
        Assert.ThrowsAny<ArgumentException>(() => new RowRepair(TestRows.Full(4, 12, 64).Commitment).Add(TestRows.Checked(verifier, rows.Prove(0))));
    }

    [Fact]
    public void EncodeAndRepair_OnThreads_AreTheSameAndReportAllProgress()
    {
        var parameters = new RowParameters(1024, 128, 128);
        byte[] data = TestSquares.Random(3, parameters.DataSize - 100);
        ExtendedRows one = ExtendedRows.Encode(data, parameters);
        var seen = new List<double>();
        ExtendedRows two = ExtendedRows.Encode(data, parameters, maxDegreeOfParallelism: 2);
        ExtendedRows.Encode(data, parameters, 1, new Recorder<double>(seen));
        Assert.True(one.Commitment.IsSame(two.Commitment));
        Assert.Equal(one.Rows.ToArray(), two.Rows.ToArray());
        Assert.Equal(1.0, seen[^1]);
        Assert.Equal(seen.Order(), seen);
        Assert.False(one.Data.Span[^100..].ContainsAnyExcept((byte)0));

        RowVerifier verifier = TestRows.Verifier(one);
        var repair = new RowRepair(one.Commitment);
        for (int i = 128; i < 256; i++) repair.Add(TestRows.Checked(verifier, one.Prove(i)));
        seen.Clear();
        Assert.Equal(RepairStatus.Repaired, repair.Repair(out _, 1, new Recorder<double>(seen)));
        Assert.Equal(1.0, seen[^1]);
        Assert.Equal(RepairStatus.Repaired, repair.Repair(out ExtendedRows? again, maxDegreeOfParallelism: 2));
        Assert.Equal(one.Rows.ToArray(), again!.Rows.ToArray());
    }

    [Fact]
    public void Encode_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var parameters = new RowParameters(64, 4, 12);
        Assert.ThrowsAny<OperationCanceledException>(() => ExtendedRows.Encode([], parameters, cancellationToken: cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => ExtendedRows.Encode([], parameters, 2, null, cancelled.Token));
    }
}
