using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The transactions' table with the state's tables, against the native rules.</summary>
public sealed class TransactionTests
{
    [Theory]
    [InlineData(1, 4, 300)]
    [InlineData(2, 60, 300)]
    [InlineData(3, 12, 200)]
    public void RandomPayments_AreAsNative(ulong seed, int accounts, int payments)
    {
        TransactionWorld world = new(seed, accounts, payments);
        for (int i = 0; i < payments; i++) world.Apply(world.Draw());
        Assert.Empty(world.Finish().Faults());
    }

    [Fact]
    public void EveryCell_IsDetermined_AndEveryResultOccurs()
    {
        TransactionWorld world = new(4, 8, 250);
        for (int i = 0; i < 250; i++) world.Apply(world.Draw());
        Assert.Equal(Enum.GetValues<PaymentResult>().Where(result => result < PaymentResult.Judged), world.Results.Keys.Order());
        world.Finish().Mutate(5).AssertAllFound();
    }

    [Fact]
    public Task Payments_AreProven()
    {
        TransactionWorld world = new(6, 8, 60);
        for (int i = 0; i < 60; i++) world.Apply(world.Draw());
        return world.Finish().AssertProven(2);
    }

    /// <summary>The fee recipient has its fee back before it pays the amount, as natively.</summary>
    [Fact]
    public void FeeRecipient_PaysWithTheFee()
    {
        TransactionWorld world = new(7, 3, 2);
        UInt128 all = world.Cell(CellName.Account(0)).Value;
        Assert.Equal(PaymentResult.Applied, world.Apply(TransactionWorld.Transfer(0, 1, all)));
        Assert.Equal(PaymentResult.CannotPayFee, world.Apply(TransactionWorld.Transfer(0, 1, 0)));
        Assert.Empty(world.Finish().Faults());
    }

    [Fact]
    public void ValidPayment_AsOneOfNobody_IsRefused()
    {
        SegmentTables tables = Run(TransactionWorld.Transfer(1000, 1, 5));
        Trace<F> trace = tables.Transactions!.Value.Trace;
        (trace[Sender, 0], trace[Party, 0], trace[PartyGap, 0], trace[PartyGap + 1, 0]) = (F.One, F.One, F.One - F.FromUInt32(4), F.Zero);
        tables.Outside.Single(item => item.Bus == RollupBuses.Payment).Message[3] = F.One;
        Assert.Contains(tables.Faults(), OutOfRange(3));
    }

    [Fact]
    public void KnownRecipient_AsUnknown_IsRefused()
    {
        SegmentTables tables = Run(TransactionWorld.Transfer(1, 1000, 5));
        Trace<F> trace = tables.Transactions!.Value.Trace;
        Assert.Equal(F.One, trace[NoRecipient, 0]);
        (trace[To, 0], trace[Recipient, 0], trace[RecipientGap, 0], trace[RecipientGap + 1, 0]) = (F.FromUInt32(3), F.FromUInt32(2), F.FromUInt32(2) - F.FromUInt32(4), F.Zero);
        tables.Outside.Single(item => item.Bus == RollupBuses.Payment).Message[5] = F.FromUInt32(3);
        Assert.Contains(tables.Faults(), OutOfRange(2));
    }

    /// <summary>A number so large that the count less it is a small element again; no record would tell, where the balance is of another token.</summary>
    [Fact]
    public void UnknownRecipientModuloTheField_IsRefused()
    {
        const uint Number = (1 << 30) - 5;
        SegmentTables tables = Run(TransactionWorld.Transfer(1, Number, 5) with { Token = 1 });
        Trace<F> trace = tables.Transactions!.Value.Trace;
        Assert.Equal(F.One, trace[NoRecipient, 0]);
        uint gap = (F.FromUInt32(4 - 1) - F.FromUInt32(Number)).ToUInt32();
        Assert.True(gap < 1 << 30);
        (trace[NoRecipient, 0], trace[Pays, 0], trace[Credits, 0]) = (F.Zero, F.One, F.One);
        (trace[RecipientGap, 0], trace[RecipientGap + 1, 0]) = (F.FromUInt32(gap % Limbs.Radix), F.FromUInt32(gap / Limbs.Radix));
        IReadOnlyList<TraceFault> faults = tables.Faults();
        Assert.DoesNotContain(faults, fault => fault.Kind == TraceFaultKind.Constraint);
        Assert.Contains(faults, fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{F.FromUInt32(gap / Limbs.Radix + Limbs.Margin)}");
    }

    [Fact]
    public void SponsoredPayment_WithoutTheFeesRow_IsRefused()
    {
        SegmentTables tables = Run(TransactionWorld.Transfer(1, 2, 5), TransactionWorld.Transfer(1, 2, 5) with { Sponsor = AccountAddress.FromNumber(3) });
        Trace<F> trace = tables.Transactions!.Value.Trace;
        Assert.Equal((F.One, F.One), (trace[IsSponsorFee, 1], trace[IsValid, 2]));
        for (int column = Sender - 1; column < Width; column++) trace[column, 1] = trace[column, 2];
        for (int column = 0; column < Width; column++)
        {
            if (column is < Row or > Exits) (trace[column, 1], trace[column, 2]) = (trace[column, 2], F.Zero);
        }
        Assert.Contains(tables.Faults(), fault => fault.Constraint == "fee row[2]");
    }

    [Fact]
    public void IndexWithinTheTree_AsBeyondIt_IsRefused()
    {
        SegmentTables tables = Run(TransactionWorld.Transfer(1, 2, 5) with { KeySkip = TransactionAir.KeyIndices });
        Trace<F> trace = tables.Transactions!.Value.Trace;
        Assert.Equal(F.One, trace[IsUsedUp, 0]);
        (trace[Skip, 0], trace[PartyGap, 0]) = (F.FromUInt32(TransactionAir.KeyIndices - 1), -F.One);
        tables.Outside.Single(item => item.Bus == RollupBuses.Payment).Message[6] = trace[Skip, 0];
        Assert.Contains(tables.Faults(), OutOfRange(1));
    }

    /// <summary>The second payment makes account 4, which the first one is of already.</summary>
    [Fact]
    public void AccountBeforeItIsMade_IsRefused()
    {
        TransactionWorld world = new(8, 4, 2);
        Assert.Equal(PaymentResult.UnknownRecipient, world.Apply(TransactionWorld.Transfer(1, 4, 5)));
        SegmentTables tables = world.Finish();
        Trace<F> trace = tables.Transactions!.Value.Trace;
        (trace[NoRecipient, 0], trace[Pays, 0], trace[Credits, 0], trace[RecipientGap, 0]) = (F.Zero, F.One, F.One, -F.One);
        Assert.Contains(tables.Faults(), OutOfRange(1));
    }

    [Fact]
    public void Shape_IsThatOfThePage()
    {
        ConstraintGraph messages = ConstraintGraph.Of(new MessageAir<Poseidon2Cells<KoalaBear>>()), graph = ConstraintGraph.Of(new TransactionAir());
        Assert.Equal((38, 4, 2, 1), (messages.Shape.Width, messages.Interactions.Count, messages.MaxDegree, messages.MaxInteractionDegree));
        Assert.Equal((Width, 26, 3, 1), (graph.Shape.Width, graph.Interactions.Count, graph.MaxDegree, graph.MaxInteractionDegree));
    }

    private static Predicate<TraceFault> OutOfRange(uint below) => fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{-F.FromUInt32(below)}";

    private static SegmentTables Run(params Payment[] payments)
    {
        TransactionWorld world = new(7, 4, payments.Length);
        foreach (Payment payment in payments) world.Apply(payment);
        return world.Finish();
    }
}
