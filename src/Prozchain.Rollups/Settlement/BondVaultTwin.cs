using System.Collections.Immutable;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.BondVaultContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/BondVault.sol in process.</summary>
internal sealed class BondVaultTwin : ContractTwin<BondVaultTwin.Storage>
{
    private readonly ImmutableHashSet<L1Address> _sources;
    private readonly L1Address _guardian;
    private readonly ulong _delay;

    private BondVaultTwin(ImmutableHashSet<L1Address> sources, L1Address guardian, ulong delay)
    {
        (_sources, _guardian, _delay) = (sources, guardian, delay);
        On(C.Credit, (call, a) => Credit(call, a[0].ToAddress()), isPayable: true);
        On(C.Withdraw, (call, _) => Withdraw(call));
        On(C.Entries, (call, a) => call.State.Entries.GetValueOrDefault(a[0].ToAddress()) is var entry ? [entry.Amount, entry.Since] : []);
        On(C.IsSource, (_, a) => [_sources.Contains(a[0].ToAddress())]);
        On(C.Guardian, (_, _) => [_guardian]);
        On(C.Delay, (_, _) => [_delay]);
    }

    public override object Genesis => new Storage(ImmutableDictionary<L1Address, Entry>.Empty);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments.</summary>
    public static BondVaultTwin Create(AbiValue arguments)
    {
        ImmutableHashSet<L1Address> sources = [];
        foreach (AbiValue source in arguments[0].Items) sources = sources.Add(source.ToAddress());
        return new BondVaultTwin(sources, arguments[1].ToAddress(), arguments[2].ToUInt64());
    }

    private void Credit(TwinCall<Storage> call, L1Address account)
    {
        call.Require(_sources.Contains(call.Sender), "NotSource", call.Sender);
        var entry = new Entry(checked(call.State.Entries.GetValueOrDefault(account).Amount + call.Value), call.Now);
        call.State = new Storage(call.State.Entries.SetItem(account, entry));
        call.Emit(C.Credited, account, call.Sender, call.Value);
    }

    private void Withdraw(TwinCall<Storage> call)
    {
        Entry entry = call.State.Entries.GetValueOrDefault(call.Sender);
        call.Require(entry.Amount > 0, "Nothing");
        ulong until = checked(entry.Since + _delay);
        call.Require(call.Now >= until, "Waiting", until);
        if (!_guardian.IsZero) call.Require(!call.Call(_guardian, GuardianContract.Paused, 0)[0].ToBool(), "Paused");
        call.State = new Storage(call.State.Entries.Remove(call.Sender));
        call.Emit(C.Withdrawn, call.Sender, entry.Amount);
        call.Pay(call.Sender, entry.Amount);
    }

    internal readonly record struct Entry(UInt128 Amount, ulong Since);

    internal sealed record Storage(ImmutableDictionary<L1Address, Entry> Entries);
}
