using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Forced items in the transactions' table: as natively, whatever the state, and no lie about what becomes of them.</summary>
public sealed class ForcedTests
{
    private static readonly L1Address s_from = new([.. Enumerable.Range(1, 20).Select(i => (byte)i)]);

    [Theory]
    [InlineData(1, 4, 200)]
    [InlineData(2, 30, 200)]
    public void RandomItems_AreAsNative(ulong seed, int accounts, int items)
    {
        TransactionWorld world = new(seed, accounts, items);
        Run(world, seed, items);
        Assert.Empty(world.Finish().Faults());
    }

    [Fact]
    public void EveryCell_IsDetermined_AndEveryStatusOccurs()
    {
        TransactionWorld world = new(3, 8, 250);
        Run(world, 3, 250);
        TransitionStatus[] all =
        [
            TransitionStatus.Applied, TransitionStatus.Malformed, TransitionStatus.WrongKey, TransitionStatus.WrongNonce, TransitionStatus.UsedKey, TransitionStatus.UnknownSender, TransitionStatus.WrongSponsor,
            TransitionStatus.CannotPayFee, TransitionStatus.InsufficientBalance, TransitionStatus.UnknownRecipient, TransitionStatus.SentBack,
        ];
        Assert.Equal(all.Order(), world.Statuses.Keys.Order());
        world.Finish().Mutate(5).AssertAllFound();
    }

    [Fact]
    public Task Items_AreProven()
    {
        TransactionWorld world = new(6, 8, 90);
        Run(world, 6, 90);
        return world.Finish().AssertProven(2);
    }

    /// <summary>Deposit, then a payment of what was deposited by the key that it was deposited to, with real signatures, from bytes.</summary>
    [Fact]
    public void ItemsOfBytes_AreRead_AndChangedOnesAreNothing()
    {
        HashKeyTree<Permutation> tree = HashKeyTree<Permutation>.Generate([.. new byte[31], 9], HashSignature.LeastHeightForWords);
        TransactionWorld world = new(9, 3, 4);
        ForcedReader<Permutation> reader = new(TransactionWorld.Rules);
        InboundMessage deposit = new() { Token = 2, Amount = 1000, Recipient = AccountAddress.FromPublicKey(tree.PublicKey.Span), Sender = s_from };
        byte[] bytes = StepItem.Of(deposit).Data.ToArray();
        Assert.True(reader.TryRead(true, bytes, out ForcedTransaction read));
        Assert.Equal((deposit with { Index = 0 }, true), (read.Deposit, read.IsDeposit));
        Assert.Equal(PaymentResult.Applied, world.Force(read.Deposit));

        Payment payment = TransactionWorld.Transfer(3, 1, 500) with { IsBare = false, Token = 2, Fee = 0 };
        var message = new byte[PaymentMessage.Size(payment)];
        PaymentMessage.Write(payment, TransactionWorld.Chain, isSponsor: false, message);
        var signature = new byte[HashSignature.SizeOf(HashSignature.LeastHeightForWords)];
        tree.Sign(5, message, signature);
        payment = payment with { Signed = new(tree.PublicKey.ToArray(), signature) };
        byte[] item = StepItem.Of(payment, isForced: true).Data.ToArray();
        Assert.True(reader.TryRead(false, item, out read));
        Assert.Equal(5u, read.Sender!.Value.Index);
        Assert.Equal(PaymentResult.Applied, world.Force(payment));
        Assert.Equal(PaymentResult.Judged, world.Force(payment));
        Assert.Empty(world.Finish().Faults());

        SeededRandom random = new(4);
        for (int i = 0; i < 60; i++)
        {
            byte[] changed = [.. item];
            changed[i < 40 ? 4 * i : random.Next(item.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(reader.TryRead(false, changed, out _));
        }
        // Of the bridge it is no deposit, of anybody else a deposit is no payment; neither is a message in, nor a payment of the last nonce.
        Assert.False(reader.TryRead(true, item, out _));
        Assert.False(reader.TryRead(false, bytes, out _));
        byte[] told = [.. new byte[12], .. s_from.Span, .. new byte[31], 3, .. item.AsSpan(1, 32), .. new byte[31], 128, .. new byte[31], 32, .. item.AsSpan(0, 200)];
        Assert.False(reader.TryRead(false, told, out _));
        for (int length = 0; length < item.Length; length += 37) Assert.False(reader.TryRead(false, item.AsMemory(0, length), out _));
        for (int i = 0; i < 100; i++) Assert.False(reader.TryRead(i % 2 == 0, random.Bytes(random.Next(400)), out _));
        Assert.False(reader.TryRead(false, StepItem.Of(payment with { Nonce = (1ul << 60) - 1 }).Data, out _));
        Assert.False(reader.TryRead(true, StepItem.Of(deposit with { Amount = 0 }).Data, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void PaymentOfAnotherKeyNonceOrIndex_AsDone_IsRefused(int what)
    {
        TransactionWorld world = new(7, 4, 3);
        world.Force(world.Sign(TransactionWorld.Transfer(1, 2, 5), isAlwaysRight: true));
        Payment right = world.Sign(TransactionWorld.Transfer(1, 2, 5) with { Sponsor = AccountAddress.FromNumber(3) }, isAlwaysRight: true), other = world.Sign(TransactionWorld.Transfer(2, 1, 1), isAlwaysRight: true);
        Payment wrong = what switch
        {
            0 => right with { Nonce = 0 },
            1 => right with { Signed = right.Signed with { PublicKey = other.Signed.PublicKey } },
            2 => right with { Signed = right.Signed with { Signature = (byte[])[3, 0, 0, 0, 0, .. right.Signed.Signature.Span[5..]] } },
            _ => right with { Sponsored = right.Sponsored with { PublicKey = other.Signed.PublicKey } },
        };
        world.ForceAs(wrong, new() { IsDone = true });
        Assert.Contains(world.Finish().Faults(), fault => fault.Constraint == RollupBuses.Signed.Name);
    }

    /// <summary>That it is done, is what a verifier has to be told.</summary>
    [Fact]
    public void PaymentThatIsDone_AsJudged_IsRefused()
    {
        TransactionWorld world = new(7, 4, 3);
        Payment payment = world.Sign(TransactionWorld.Transfer(1, 2, 5), isAlwaysRight: true);
        ForcedClaim truth = new() { IsJudged = true, Key = world.Key(1), Nonce = payment.Nonce };
        Assert.False(world.TryTell(payment, truth));
        Assert.False(world.TryTell(payment, truth with { OfSponsor = true, Key = world.Key(2) }));
        Assert.False(world.TryTell(payment, truth with { Key = world.Key(2), Nonce = 1ul << 60 }));
        Assert.False(world.TryTell(payment, truth with { IsDone = true, Key = world.Key(2) }));
        Assert.False(world.TryTell(payment, new() { IsDone = true, Skip = 1 << 16 }));
        // A record that nobody has.
        world.ForceAs(payment with { Nonce = payment.Nonce + 1 }, truth with { Key = world.Key(2) });
        Assert.Contains(world.Finish().Faults(), fault => fault.Constraint == RollupBuses.Judged.Name);
    }

    [Fact]
    public void PaymentThatDoesNothing_SkipsToNoIndex()
    {
        TransactionWorld world = new(7, 4, 1);
        world.Apply(TransactionWorld.Transfer(1, 2, 5) with { KeySkip = TransactionAir.KeyIndices });
        SegmentTables tables = world.Finish();
        Trace<F> trace = tables.Transactions!.Value.Trace;
        (trace[Skip, 0], trace[PartyGap, 0]) = (-F.One, -F.One - F.FromUInt32(TransactionAir.KeyIndices));
        tables.Outside.Single(item => item.Bus == RollupBuses.Payment).Message[6] = -F.One;
        Assert.Contains(tables.Faults(), OutOfRange(1 + TransactionAir.KeyIndices));

        world = new(7, 4, 1);
        world.Apply(TransactionWorld.Transfer(1, 2, 5));
        tables = world.Finish();
        (trace, Trace<F> ledger) = (tables.Transactions!.Value.Trace, tables.Ledger);
        (trace[Skip, 0], trace[Skip0, 0], trace[Index0, 0]) = (-F.One, -F.One, F.Zero);
        (ledger[LedgerColumns.Skipped, 0], ledger[LedgerColumns.IndexSeen, 0], ledger[LedgerColumns.IndexAfter, 0]) = (-F.One, F.Zero, F.Zero);
        tables.Outside.Single(item => item.Bus == RollupBuses.Payment).Message[6] = -F.One;
        IReadOnlyList<TraceFault> faults = tables.Faults();
        Assert.Contains(faults, OutOfRange(1));
        Assert.DoesNotContain(faults, fault => fault.Constraint == RollupBuses.Change.Name);
    }

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(7, 1, false)]
    public void DepositToAnother_IsRefused(uint to, uint lie, bool isUnknown)
    {
        SegmentTables tables = Deposit(to, 100);
        Trace<F> trace = tables.Transactions!.Value.Trace;
        Assert.Equal(F.One, trace[NoRecipient, 0]);
        if (isUnknown)
        {
            // Credited, though there are four accounts.
            (trace[IsReturned, 0], trace[IsDeposited, 0], trace[NoRecipient, 0], trace[Credits, 0], trace[RecipientGap, 0]) = (F.Zero, F.One, F.Zero, F.One, F.FromUInt32(3) - F.FromUInt32(to));
            Assert.Contains(tables.Faults(), OutOfRange(to - 3));
            return;
        }
        (trace[To, 0], trace[Recipient, 0], trace[RecipientGap, 0]) = (F.FromUInt32(lie + 1), F.FromUInt32(lie), F.FromUInt32(lie) - F.FromUInt32(4));
        F[] message = tables.Public[0].Elements.ToArray();
        message[5] = F.FromUInt32(lie + 1);
        tables.Public[0] = tables.Public[0] with { Elements = message };
        Assert.Contains(tables.Faults(), OutOfRange(4 - lie));
    }

    [Fact]
    public void DepositThatFits_AsTooMuch_IsRefused()
    {
        SegmentTables tables = Deposit(1, 100);
        (Trace<F> trace, Trace<F> ledger) = (tables.Transactions!.Value.Trace, tables.Ledger);
        Assert.Equal(F.One, trace[IsDeposited, 0]);
        (trace[IsReturned, 0], trace[IsOver, 0], trace[IsDeposited, 0], trace[Credits, 0], trace[Recipient, 0]) = (F.One, F.One, F.Zero, F.Zero, F.Zero);
        (ledger[LedgerColumns.Credit, 0], ledger[LedgerColumns.Over, 0]) = (F.Zero, F.One);
        IReadOnlyList<TraceFault> faults = tables.Faults();
        Assert.Contains(faults, fault => fault.Constraint == "limb[7]");
        Assert.Contains(faults, fault => fault.Constraint == RollupBuses.Exit.Name);
    }

    [Fact]
    public void DepositThatIsTooMuch_AsCredited_IsRefused()
    {
        SegmentTables tables = Deposit(1, Limbs.Limit - 1);
        (Trace<F> trace, Trace<F> ledger) = (tables.Transactions!.Value.Trace, tables.Ledger);
        Assert.Equal(F.One, trace[IsOver, 0]);
        (ledger[LedgerColumns.Credit, 0], ledger[LedgerColumns.Over, 0]) = (F.One, F.Zero);
        (trace[IsReturned, 0], trace[IsOver, 0], trace[IsDeposited, 0], trace[Credits, 0], trace[Recipient, 0], trace[RecipientGap, 0]) = (F.Zero, F.Zero, F.One, F.One, F.One, F.FromUInt32(2));
        Assert.Contains(tables.Faults(), fault => fault.Constraint == "limb[7]");
    }

    [Fact]
    public void DepositThatDoesNothing_IsRefused()
    {
        SegmentTables tables = Deposit(1, 100);
        Trace<F> trace = tables.Transactions!.Value.Trace;
        (trace[IsDead, 0], trace[IsUnknown, 0], trace[IsDeposited, 0]) = (F.One, F.One, F.Zero);
        Assert.Contains(tables.Faults(), fault => fault.Constraint == RollupBuses.Payment.Name);
    }

    private static void Run(TransactionWorld world, ulong seed, int items)
    {
        SeededRandom random = new(seed + 100);
        for (int i = 0; i < items; i++)
        {
            int kind = random.Next(5);
            if (kind == 0) world.Apply(world.Draw());
            else if (kind == 1) world.Force(world.DrawDeposit());
            else world.Force(world.DrawForced());
        }
    }

    private static SegmentTables Deposit(uint to, UInt128 amount)
    {
        TransactionWorld world = new(7, 4, 1);
        world.Force(new InboundMessage { Token = 0, Amount = amount, Recipient = AccountAddress.FromNumber(to), Sender = s_from });
        return world.Finish();
    }

    private static Predicate<TraceFault> OutOfRange(uint below) => fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{-F.FromUInt32(below)}";
}
