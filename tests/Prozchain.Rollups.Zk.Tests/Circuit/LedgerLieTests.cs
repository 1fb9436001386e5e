using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.LedgerColumns;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Ledgers that say what is not so, each otherwise as it should be.</summary>
public sealed class LedgerLieTests
{
    private static readonly CellName s_account = CellName.Account(0), s_tokens = CellName.Balance(0, 2);

    [Fact]
    public void OldValue_IsRefused()
    {
        SegmentTables tables = Tables(100, world => Credit(world, s_account, 5, 7, 9));
        // The third change takes what the first one left.
        Trace<F> ledger = tables.Ledger;
        (ledger[TimeBefore, 2], ledger[Before, 2], ledger[After, 2]) = (ledger[Time, 0], ledger[After, 0], ledger[After, 0] + ledger[Amount, 2]);
        Assert.Contains(tables.Faults(), On(RollupBuses.Memory));
        Assert.DoesNotContain(tables.Faults(), fault => fault.Kind == TraceFaultKind.Constraint);
    }

    [Fact]
    public void FutureValue_IsRefused()
    {
        SegmentTables tables = Tables(100, world => Credit(world, s_account, 5, 5));
        // The change of time 1 takes what that of time 5 left: memory and changes balance.
        Trace<F> ledger = tables.Ledger;
        (ledger[Time, 0], ledger[Time, 1], ledger[TimeBefore, 1]) = (ledger[Time, 1], ledger[Time, 0], ledger[Time, 1]);
        tables.Accounts[AccountColumns.LastTime, 0] = ledger[Time, 1];
        (tables.Asked[0], tables.Asked[3], tables.Asked[4]) = (tables.Asked[0] - 1, tables.Asked[3] - 1, tables.Asked[4] + 1);
        TraceFault fault = Assert.Single(tables.Faults());
        Assert.Equal((Buses.Range(15).Name, $"{-F.FromUInt32(5)}"), (fault.Constraint, fault.Message));
    }

    [Fact]
    public void ValueTakenTwice_IsRefused()
    {
        SegmentTables tables = Tables(100, world =>
        {
            world.Change(1, s_account, LedgerMode.Debit, 60);
            world.Next();
            world.Change(1, s_account, LedgerMode.Credit, 60);
            world.Next();
            world.Change(1, s_account, LedgerMode.Debit, 60);
        });
        // The second debit takes the start again.
        tables.Ledger[TimeBefore, 2] = F.Zero;
        Assert.Contains(tables.Faults(), On(RollupBuses.Memory));
        Assert.DoesNotContain(tables.Faults(), fault => fault.Kind == TraceFaultKind.Constraint);
    }

    [Theory]
    [InlineData(LedgerMode.Debit, 101)]
    [InlineData(LedgerMode.Short, 100)]
    [InlineData(LedgerMode.Over, 1000)]
    public void ModeThatDoesNotHold_IsRefused(object mode, uint amount)
    {
        // The writer takes amounts as they come: what is below zero is 2^120 and more above it, and the last limb says so.
        IReadOnlyList<TraceFault> faults = Tables(100, world => world.Change(1, s_account, (LedgerMode)mode, amount)).Faults();
        Assert.Contains(faults, fault => fault is { Kind: TraceFaultKind.Constraint, Constraint: "limb[7]" });
    }

    [Fact]
    public void CreditThatWraps_IsRefused() => Assert.NotEmpty(Tables(100, world => world.Change(1, s_account, LedgerMode.Credit, Limbs.Limit - 50)).Faults());

    [Fact]
    public void LimbBelowZero_IsRefused()
    {
        SegmentTables tables = Tables(100, world => world.Change(1, s_account, LedgerMode.Debit, 90));
        // 100 - 190 as one limb, without a carry.
        tables.Ledger[Amount, 0] = F.FromUInt32(190);
        tables.Ledger[After, 0] = -F.FromUInt32(90);
        Assert.Contains(tables.Faults(), fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{-F.FromUInt32(90)}");
    }

    [Fact]
    public void MoreThanWasTaken_IsRefused()
    {
        SegmentTables tables = Tables(100, world => world.Change(1, s_account, LedgerMode.Credit, 90));
        tables.Ledger[Amount, 0] += F.One;
        tables.Ledger[After, 0] += F.One;
        tables.Accounts[AccountColumns.BalanceAfter, 0] += F.One;
        Assert.Contains(tables.Faults(), On(RollupBuses.Change));
    }

    [Fact]
    public void VersionOfBeforeARotation_IsRefused()
    {
        SegmentTables tables = Tables(100, world =>
        {
            world.Rotate(0, 3);
            world.Next();
            world.Change(0, s_account, LedgerMode.Debit, 1, LedgerSigner.Sender);
        });
        Assert.Empty(tables.Faults());
        tables.Ledger[VersionSeen, 1] = F.Zero;
        OutsideMessage change = tables.Outside.Last(item => item.Bus == RollupBuses.Change);
        change.Message[17] = F.Zero;
        Assert.StartsWith("version seen", Assert.Single(tables.Faults()).Constraint, StringComparison.Ordinal);
        // Or the cell never changed its version.
        tables.Ledger[VersionBefore, 1] = F.Zero;
        tables.Ledger[VersionAfter, 1] = F.Zero;
        Assert.Contains(tables.Faults(), On(RollupBuses.Memory));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(7u)]
    public void IndexNotAbove_IsRefused(uint below)
    {
        SegmentTables tables = Tables(100, world => world.Change(0, s_account, LedgerMode.Debit, 1, LedgerSigner.Sender), next: 20);
        F index = tables.Ledger[IndexBefore, 0] - F.FromUInt32(below);
        (tables.Ledger[IndexSeen, 0], tables.Ledger[IndexAfter, 0], tables.Accounts[AccountColumns.NextAfter, 0]) = (index, index, index);
        F[] change = tables.Outside.Single(item => item.Bus == RollupBuses.Change).Message;
        change[15] = index;
        change[16] = tables.Ledger[Skipped, 0] = -F.FromUInt32(below + 1);
        Assert.Contains(tables.Faults(), fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{-F.FromUInt32(below + 1)}");
    }

    [Fact]
    public void Nonce_CarriesAtTwoToThe30_AndNowhereElse()
    {
        const ulong nonce = 5ul * Limbs.NonceRadix + Limbs.NonceRadix - 2;
        SegmentTables tables = Tables(100, world =>
        {
            for (int i = 0; i < 3; i++, world.Next()) Assert.Equal(nonce + (ulong)i, world.Change(0, s_account, LedgerMode.Debit, 1, LedgerSigner.Sender).Nonce);
        }, nonce);
        Assert.Empty(tables.Faults());
        Assert.Equal((F.One, F.FromUInt32(6)), (tables.Ledger[NonceCarry, 1], tables.Ledger[Nonce + 1, 2]));
        tables.Ledger[NonceCarry, 1] = F.Zero;
        Assert.Contains(tables.Faults(), fault => fault.Constraint.StartsWith("nonce inverse", StringComparison.Ordinal));
        tables.Ledger[NonceCarry, 1] = tables.Ledger[NonceCarry, 0] = F.One;
        Assert.Contains(tables.Faults(), fault => fault.Constraint.StartsWith("nonce carry", StringComparison.Ordinal));
    }

    [Fact]
    public void ValueUnderAHashedKey_IsThereFromTheFirstWriteOn()
    {
        SegmentTables tables = Tables(100, world =>
        {
            world.Change(0, s_tokens, LedgerMode.Short, 1);
            world.Change(1, s_tokens, LedgerMode.Credit, 5);
            world.Change(2, s_tokens, LedgerMode.Debit, 5);
        });
        Assert.Empty(tables.Faults());
        Assert.Equal((F.Zero, F.One), (tables.Cells[CellColumns.PresentBefore, 1], tables.Cells[CellColumns.PresentAfter, 1]));
        tables.Ledger[VersionAfter, 1] = F.Zero;
        Assert.Contains(tables.Faults(), fault => fault.Constraint.StartsWith("version after", StringComparison.Ordinal));
    }

    private static Predicate<TraceFault> On(Bus bus) => fault => fault.Kind == TraceFaultKind.Bus && fault.Constraint == bus.Name;

    private static void Credit(SegmentWorld world, CellName cell, params uint[] amounts)
    {
        foreach (uint amount in amounts)
        {
            world.Change(0, cell, LedgerMode.Credit, amount);
            world.Next();
        }
    }

    private static SegmentTables Tables(uint balance, Action<SegmentWorld> run, ulong nonce = 0, uint next = 0)
    {
        SegmentWorld world = new(7, 2, new CellState(balance, nonce, next));
        world.Begin(4);
        run(world);
        return world.End(1);
    }
}
