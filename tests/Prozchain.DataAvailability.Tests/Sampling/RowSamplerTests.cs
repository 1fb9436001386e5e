using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Rows;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Tests.Rows;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Sampling;

public class RowSamplerTests
{
    [Fact]
    public void Submit_EveryKindOfAnswer_IsNamedAndTheRowStays()
    {
        ExtendedRows rows = TestRows.Full(4, 12, 128), other = TestRows.Full(4, 12, 128, 2), wider = TestRows.Full(4, 12, 192), fewer = TestRows.Full(4, 4, 128);
        // Data row 1 is drawn first with this seed, so that a path of its RLC exists.
        var sampler = Sampler.ForRows(TestRows.Verifier(rows), Seed(rows, at => at.Row == 1));
        Assert.True(sampler.TryNext(out CellCoordinate at));
        byte[] right = TestSquares.Encoded(rows.Prove(1).WriteTo);

        Expect(SampleOutcome.Missing, ShareStatus.Missing, []);
        Expect(SampleOutcome.TimedOut, ShareStatus.TimedOut, []);
        Expect(SampleOutcome.Malformed, ShareStatus.Served, []);
        Expect(SampleOutcome.Malformed, ShareStatus.Served, right[..^1]);
        Expect(SampleOutcome.Malformed, ShareStatus.Served, [.. right, 0]);
        Expect(SampleOutcome.Malformed, ShareStatus.Served, TestSquares.Encoded(TestSquares.Full(4).GetShare(1, 0).WriteTo));
        Expect(SampleOutcome.WrongCell, ShareStatus.Served, TestSquares.Encoded(rows.Prove(2).WriteTo));
        Expect(SampleOutcome.WrongSize, ShareStatus.Served, TestSquares.Encoded(wider.Prove(1).WriteTo));
        Expect(SampleOutcome.WrongSize, ShareStatus.Served, TestSquares.Encoded(fewer.Prove(1).WriteTo));
        Expect(SampleOutcome.WrongSize, ShareStatus.Served, TestSquares.Encoded(rows.Prove(1, standalone: true).WriteTo));
        Expect(SampleOutcome.BadProof, ShareStatus.Served, TestSquares.Encoded(other.Prove(1).WriteTo));
        Assert.Equal(0, sampler.Confidence);

        SampleReport report = sampler.Submit(at, ShareStatus.Served, right);
        Assert.Equal(new SampleReport(at, SampleOutcome.Accepted, 1, sampler.Confidence), report);
        Assert.Equal(1 - 3 / 16.0, report.Confidence, 12);
        Assert.Equal(right, TestSquares.Encoded(Assert.Single(sampler.Accepted).Proof.WriteTo));

        void Expect(SampleOutcome outcome, ShareStatus status, byte[] bytes)
        {
            Assert.Equal(new SampleReport(at, outcome, 0, 0), sampler.Submit(at, status, bytes));
            Assert.True(sampler.TryNext(out CellCoordinate again));
            Assert.Equal(at, again);
        }
    }

    [Fact]
    public void Check_HostileAnswers_PassOnlyIfUntouched()
    {
        ExtendedRows rows = TestRows.Full(4, 12, 64);
        var check = new RowSampleCheck(TestRows.Verifier(rows));
        byte[] data = TestSquares.Encoded(rows.Prove(2).WriteTo), parity = TestSquares.Encoded(rows.Prove(9).WriteTo);
        HostileBytes.Feed([data, parity, TestSquares.Encoded(rows.Prove(2, standalone: true).WriteTo)], bytes =>
        {
            foreach (int row in (int[])[2, 9])
            {
                SampleOutcome outcome = check.Check(new CellCoordinate(row, 0), bytes, out CheckedRow? sample);
                Assert.Equal(outcome == SampleOutcome.Accepted, sample is not null);
                if (sample is not null) Assert.Equal(row == 2 ? data : parity, bytes);
                // Who only sends wrong bytes cannot make the producer look guilty.
                Assert.NotEqual(SampleOutcome.NotACodeword, outcome);
            }
        }, 20_000);
    }

    /// <summary>
    /// Every set of rows that could be withheld of small codes: those that <see cref="RowRepair"/> cannot undo are those of more than N rows,
    /// and the worst of them is missed by as many draws of s rows as the sampler's bound says.
    /// </summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(2, 6)]
    [InlineData(4, 4)]
    public void MissProbability_SmallCodes_EqualsEnumeration(int k, int n)
    {
        ExtendedRows rows = TestRows.Full(k, n, 64);
        RowVerifier verifier = TestRows.Verifier(rows);
        CheckedRow[] all = [.. Enumerable.Range(0, k + n).Select(i => TestRows.Checked(verifier, rows.Prove(i)))];
        var worst = new double[k + n + 1];
        for (int withheld = 0; withheld < 1 << (k + n); withheld++)
        {
            var repair = new RowRepair(rows.Commitment);
            foreach (CheckedRow row in all) if ((withheld >> row.Index & 1) == 0) repair.Add(row);
            bool isLost = repair.Repair(out _) != RepairStatus.Repaired;
            Assert.Equal(int.PopCount(withheld) > n, isLost);
            if (!isLost) continue;
            int[] sets = new int[k + n + 1], missed = new int[k + n + 1];
            for (int drawn = 0; drawn < 1 << (k + n); drawn++)
            {
                sets[int.PopCount(drawn)]++;
                if ((drawn & withheld) == 0) missed[int.PopCount(drawn)]++;
            }
            for (int s = 0; s < worst.Length; s++) worst[s] = Math.Max(worst[s], missed[s] / (double)sets[s]);
        }

        var sampler = Sampler.ForRows(verifier, TestSquares.Seed(1));
        for (int s = 0; s <= k + n; s++)
        {
            Assert.InRange(sampler.MissProbability, worst[s], worst[s] * (1 + 1e-12));
            Assert.Equal(sampler.MissProbability, SamplingConfidence.MissProbability(sampler.Check.Scheme, s));
            Assert.Equal(s < k + n, sampler.TryNext(out CellCoordinate at));
            if (s < k + n) sampler.Submit(at, ShareStatus.Served, TestSquares.Encoded(all[at.Row].Proof.WriteTo));
        }
        Assert.Equal(1, sampler.Confidence);
    }

    [Fact]
    public void Submit_AcceptedRow_AllocatesLittleMoreThanItKeeps()
    {
        const int Samples = 200;
        ExtendedRows rows = TestRows.Full(64, 192, 1024);
        var sampler = Sampler.ForRows(TestRows.Verifier(rows), TestSquares.Seed(1));
        var asked = new CellCoordinate[Samples];
        var answers = new byte[Samples][];
        for (int i = 0; i < Samples; i++)
        {
            Assert.True(sampler.TryNext(out asked[i]));
            answers[i] = TestSquares.Encoded(rows.Prove(asked[i].Row).WriteTo);
        }
        sampler.Submit(asked[0], ShareStatus.Served, answers[0]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < Samples; i++) sampler.Submit(asked[i], ShareStatus.Served, answers[i]);
        double each = (GC.GetAllocatedBytesForCurrentThread() - before) / (Samples - 1.0);
        Assert.Equal(Samples, sampler.Accepted.Count);
        Assert.InRange(each, answers[0].Length, answers[0].Length + 256);
    }

    [Fact]
    public void WriteProof_WarmedUp_AllocatesNothing()
    {
        ExtendedRows rows = TestRows.Full(8, 24, 1024);
        var output = new ArrayBufferWriter<byte>(8192);
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            rows.WriteProof(17, output);
        });
        Assert.Equal(TestSquares.Encoded(rows.Prove(17).WriteTo), output.WrittenSpan.ToArray());
    }

    private static byte[] Seed(ExtendedRows rows, Predicate<CellCoordinate> isFirst)
    {
        for (int i = 1; ; i++)
        {
            var sampler = Sampler.ForRows(TestRows.Verifier(rows), TestSquares.Seed(i));
            if (sampler.TryNext(out CellCoordinate at) && isFirst(at)) return TestSquares.Seed(i);
        }
    }
}
