using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

public sealed class ProverInputsTests(ITestOutputHelper output)
{
    private static readonly Digest32 s_setup = new([.. Enumerable.Repeat((byte)9, 32)]);

    /// <summary>What a sequencer makes and a node records comes to the same out of the bytes of an input alone: payments of all kinds, new accounts, forced items.</summary>
    [Fact]
    public void Input_ExecutesAgainAsTheWholeStateDid()
    {
        var random = new SeededRandom(TestSettings.Seed);
        var rollup = new RecordedRollup(random);
        ProverInputs<Tree> inputs = NewInputs(rollup);
        int payments = 0, sponsored = 0, effects = 0, invalid = 0;
        ulong taken = 0;
        Digest32 exits = default;
        for (int round = 0; round < TestSettings.Scale(120, 2_000); round++)
        {
            (ExecutedBatch batch, Payment[] signed) = rollup.Next(random.Next(14), random.Next(5));
            ProverInput input = inputs.Make(rollup.Record, signed)!;
            Assert.Equal((batch.PreRoot, RecordedRollup.HeadOf(taken), batch.Context.Number, batch.Context.TimestampSeconds), (input.RootBefore, input.Previous?.ForcedHead ?? default, input.Number, input.Time));
            Assert.Equal((exits, batch.Posting.Data), (input.ExitRootBefore, input.Posting.Data));
            exits = batch.ExitRoot;
            taken += (ulong)batch.ForcedCount;
            byte[] bytes = Write(input);
            Assert.True(ProverInput.TryRead(bytes, out ProverInput? read));
            Assert.True(inputs.TryExecute(read!, out ExecutedBatch? again));
            AssertSame(batch, again!);
            payments += signed.Length;
            sponsored += signed.Count(payment => payment.Sponsor != default);
            effects += batch.Effects.Count;
            invalid += batch.Statuses[..batch.ForcedCount].ToArray().Count(status => !status.IsValid());
            Assert.Equal(BatchVerdict.Executed, batch.Verdict);
        }
        output.WriteLine($"{payments} payments, {sponsored} sponsored, {effects} effects, {invalid} forced items of no effect");
        Assert.True(payments > 200 && sponsored > 20 && effects > 20 && invalid > 20);
        Assert.NotEqual(default, rollup.Read(9).KeyDigest);
    }

    /// <summary>Whatever was posted: bytes that are no batch leave the forced items, and rows that nobody signed do what they do, though no prover can have an input.</summary>
    [Fact]
    public void Record_OfAnySource_ExecutesAgain()
    {
        var random = new SeededRandom(TestSettings.Seed + 1);
        var rollup = new RecordedRollup(random);
        ProverInputs<Tree> inputs = NewInputs(rollup);
        var verdicts = new Dictionary<BatchVerdict, int>();
        for (int round = 0; round < 10; round++) rollup.Next(8, 4);
        for (int round = 0; round < TestSettings.Scale(80, 1_000); round++)
        {
            int kind = random.Next(4);
            (ExecutedBatch batch, _) = rollup.Next(0, random.Next(4), bytes => kind switch
            {
                0 => [],
                1 => random.Bytes(random.Next(200)),
                2 => [.. bytes, 1],
                _ => [.. bytes[..2], .. random.Bytes(32), .. bytes[34..]],
            });
            verdicts[batch.Verdict] = verdicts.GetValueOrDefault(batch.Verdict) + 1;
            ProverInput input = inputs.Make(rollup.Record, [])!;
            Assert.Empty(input.Signatures);
            Assert.True(ProverInput.TryRead(Write(input), out ProverInput? read) && inputs.TryExecute(read!, out ExecutedBatch? again) && IsSame(batch, again!));
        }
        Assert.True(verdicts.Keys.Order().SequenceEqual([BatchVerdict.NoBatch, BatchVerdict.WrongHead, BatchVerdict.Undecodable]));

        var rerun = new BatchRerun<Payment, Tree>(rollup.Rules, rollup.Transition(), new PaymentRows(12), new PaymentAccess(RecordedRollup.Chain));
        var seen = new HashSet<TransitionStatus>();
        for (int round = 0; round < TestSettings.Scale(40, 500); round++)
        {
            Payment[] rows = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Row(rollup.Pay(), random))];
            int forced = random.Next(3);
            for (int i = 0; i < forced; i++) rollup.Queue();
            ExecutedBatch batch = rollup.Execute(rollup.Encode(rows), forced);
            Assert.Equal(BatchVerdict.Executed, batch.Verdict);
            seen.UnionWith(batch.Statuses[forced..].ToArray());
            Assert.True(rerun.TryExecute(rollup.Record, out ExecutedBatch? again));
            AssertSame(batch, again!);
            Assert.Equal(rows.Length + forced + 1, rerun.Leaves(2, out _).Length);
            Assert.Null(inputs.Make(rollup.Record, []));
        }
        Assert.Superset(new HashSet<TransitionStatus> { TransitionStatus.Applied, TransitionStatus.UnknownSender, TransitionStatus.UnknownRecipient, TransitionStatus.UsedKey, TransitionStatus.WrongSponsor }, seen);
    }

    /// <summary>An input that is not the batch's, or has a signature that nobody made, is not executed.</summary>
    [Fact]
    public void Input_ThatLies_IsRefused()
    {
        var random = new SeededRandom(5);
        var rollup = new RecordedRollup(random);
        ProverInputs<Tree> inputs = NewInputs(rollup);
        for (int round = 0; round < 8; round++) rollup.Next(8, 4);
        BatchRecord earlier = rollup.Record;
        (ExecutedBatch batch, Payment[] signed) = (null!, []);
        while (signed.Length < 4 || signed[1].Sponsor != default || signed[0].Sponsor == default) (batch, signed) = rollup.Next(6, 2);
        ProverInput input = inputs.Make(rollup.Record, signed)!;
        Assert.True(inputs.TryExecute(input, out ExecutedBatch? again));
        AssertSame(batch, again!);

        Assert.Null(inputs.Make(rollup.Record, signed.AsSpan(1)));
        Assert.Null(inputs.Make(rollup.Record, [signed[1], signed[0], .. signed[2..]]));
        Assert.Null(inputs.Make(rollup.Record, [signed[0] with { Fee = 77 }, .. signed[1..]]));
        Assert.Null(inputs.Make(rollup.Record, [signed[0] with { Signed = default }, .. signed[1..]]));

        SignatureInput[] signatures = [.. input.Signatures];
        Refuse(input with { Signatures = signatures[1..] });
        Refuse(input with { Signatures = [signatures[0] with { Sponsor = default }, .. signatures[1..]] });
        Refuse(input with { Signatures = [signatures[0], signatures[1] with { Sponsor = signatures[0].Sponsor }, .. signatures[2..]] });
        Refuse(input with { Signatures = [signatures[0] with { Sender = signatures[1].Sender }, .. signatures[1..]] });
        for (int at = 1; at < 40; at += 3)
        {
            Refuse(input with { Signatures = [signatures[0] with { Sender = Flip(signatures[0].Sender, at) }, .. signatures[1..]] });
            Refuse(input with { Signatures = [signatures[0] with { Sponsor = Flip(signatures[0].Sponsor, at) }, .. signatures[1..]] });
        }
        Refuse(input with { Setup = default });
        Refuse(input with { ChainId = 8 });
        Refuse(input with { FeeRecipient = 1 });
        Refuse(input with { RootBefore = earlier.PreRoot });
        Refuse(input with { State = earlier.State });
        Refuse(input with { State = StateWitness.Empty });
        Refuse(input with { Forced = [input.Forced[0] with { IsDeposit = !input.Forced[0].IsDeposit }, input.Forced[1]] });
        // Without its rows nothing is signed.
        Refuse(input with { Source = default });
        Assert.True(inputs.TryExecute(input with { Source = default, Signatures = [] }, out again) && again!.PostRoot != batch.PostRoot);

        void Refuse(ProverInput lie)
        {
            Assert.False(inputs.TryExecute(lie, out ExecutedBatch? none));
            Assert.Null(none);
        }
    }

    private static ProverInputs<Tree> NewInputs(RecordedRollup rollup) => new(rollup.Rules, rollup.Payments, new StandInSigner.Verifier(), s_setup);

    private static Payment Row(Payment payment, SeededRandom random) => random.Next(8) switch
    {
        0 => payment with { Sender = AccountAddress.FromNumber(900), Sponsor = default, Sponsored = default },
        1 => payment with { KeySkip = 60_000 },
        2 when payment.Sponsor != default => payment with { Sponsor = AccountAddress.FromNumber(901) },
        3 => payment with { Fee = 1_000_000 },
        4 when payment.Kind == PaymentKind.Transfer => payment with { Recipient = AccountAddress.FromNumber(902) },
        _ => payment,
    };

    private static bool IsSame(ExecutedBatch batch, ExecutedBatch again) =>
        (batch.Verdict, batch.PreRoot, batch.PostRoot, batch.ExitRoot, batch.Resources, batch.ForcedCount, batch.Effects.Count)
            == (again.Verdict, again.PreRoot, again.PostRoot, again.ExitRoot, again.Resources, again.ForcedCount, again.Effects.Count)
        && batch.Statuses.SequenceEqual(again.Statuses);

    private static void AssertSame(ExecutedBatch batch, ExecutedBatch again)
    {
        Assert.Equal(batch.Statuses.ToArray(), again.Statuses.ToArray());
        Assert.True(IsSame(batch, again));
    }

    private static ReadOnlyMemory<byte> Flip(ReadOnlyMemory<byte> bytes, int at)
    {
        byte[] flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }

    private static byte[] Write(ProverInput input)
    {
        var bytes = new ArrayBufferWriter<byte>();
        input.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
