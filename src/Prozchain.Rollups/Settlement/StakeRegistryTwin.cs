using System.Collections.Immutable;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.StakeRegistryContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/StakeRegistry.sol in process.</summary>
internal sealed class StakeRegistryTwin : ContractTwin<StakeRegistryTwin.Storage>
{
    private const ulong Reward = 5_000, Whole = 10_000;

    private readonly ImmutableHashSet<L1Address> _judges;
    private readonly ulong _delay;
    private readonly UInt128 _minimum;

    private StakeRegistryTwin(ImmutableHashSet<L1Address> judges, ulong delay, UInt128 minimum)
    {
        (_judges, _delay, _minimum) = (judges, delay, minimum);
        On(C.Stake, (call, _) => Stake(call), isPayable: true);
        On(C.Unstake, (call, arguments) => Unstake(call, arguments[0].ToUInt128()));
        On(C.Withdraw, (call, _) => Withdraw(call));
        On(C.Slash, (call, arguments) => [Slash(call, arguments[0].ToAddress(), arguments[1].ToUInt128(), arguments[2].ToAddress())]);
        On(C.Collect, (call, _) => Collect(call));
        On(C.IsStaked, (call, arguments) => [Of(call, arguments[0].ToAddress()).Active >= _minimum]);
        On(C.Rewards, (call, arguments) => [call.State.Rewards.GetValueOrDefault(arguments[0].ToAddress())]);
        On(C.Stakes, (call, arguments) => Of(call, arguments[0].ToAddress()) is var bond ? [bond.Active, bond.Leaving, bond.LeavesAt] : []);
    }

    public override object Genesis => new Storage(ImmutableDictionary<L1Address, Bond>.Empty, ImmutableDictionary<L1Address, UInt128>.Empty);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments.</summary>
    public static StakeRegistryTwin Create(AbiValue arguments)
    {
        ImmutableHashSet<L1Address> judges = [];
        foreach (AbiValue judge in arguments[0].Items) judges = judges.Add(judge.ToAddress());
        return new StakeRegistryTwin(judges, arguments[1].ToUInt64(), arguments[2].ToUInt128());
    }

    private static Bond Of(TwinCall<Storage> call, L1Address staker) => call.State.Bonds.GetValueOrDefault(staker);

    private static void Set(TwinCall<Storage> call, L1Address staker, Bond bond) => call.State = call.State with { Bonds = call.State.Bonds.SetItem(staker, bond) };

    private void Stake(TwinCall<Storage> call)
    {
        Bond bond = Of(call, call.Sender);
        UInt128 active = checked(bond.Active + call.Value);
        call.Require(active >= _minimum, "TooLittle", _minimum, active);
        Set(call, call.Sender, bond with { Active = active });
        call.Emit(C.Staked, call.Sender, call.Value, active);
    }

    private void Unstake(TwinCall<Storage> call, UInt128 amount)
    {
        Bond bond = Of(call, call.Sender);
        call.Require(amount > 0 && amount <= bond.Active, "Nothing");
        UInt128 rest = bond.Active - amount;
        call.Require(rest == 0 || rest >= _minimum, "TooLittle", _minimum, rest);
        bond = new Bond(rest, checked(bond.Leaving + amount), checked(call.Now + _delay));
        Set(call, call.Sender, bond);
        call.Emit(C.Leaving, call.Sender, amount, bond.LeavesAt);
    }

    private static void Withdraw(TwinCall<Storage> call)
    {
        Bond bond = Of(call, call.Sender);
        call.Require(bond.Leaving > 0, "Nothing");
        call.Require(call.Now >= bond.LeavesAt, "StillBonded", bond.LeavesAt);
        Set(call, call.Sender, bond with { Leaving = 0 });
        call.Pay(call.Sender, bond.Leaving);
        call.Emit(C.Left, call.Sender, bond.Leaving);
    }

    private UInt128 Slash(TwinCall<Storage> call, L1Address staker, UInt128 amount, L1Address beneficiary)
    {
        call.Require(_judges.Contains(call.Sender), "NotJudge", call.Sender);
        Bond bond = Of(call, staker);
        UInt128 active = UInt128.Min(amount, bond.Active), leaving = UInt128.Min(amount - active, bond.Leaving), taken = active + leaving;
        Set(call, staker, bond with { Active = bond.Active - active, Leaving = bond.Leaving - leaving });
        var reward = (UInt128)((System.Numerics.BigInteger)taken * Reward / Whole);
        call.State = call.State with { Rewards = call.State.Rewards.SetItem(beneficiary, call.State.Rewards.GetValueOrDefault(beneficiary) + reward) };
        call.Emit(C.Slashed, staker, call.Sender, beneficiary, taken, reward);
        call.Pay(L1Address.Burned, taken - reward);
        return taken;
    }

    private static void Collect(TwinCall<Storage> call)
    {
        UInt128 amount = call.State.Rewards.GetValueOrDefault(call.Sender);
        call.Require(amount > 0, "Nothing");
        call.State = call.State with { Rewards = call.State.Rewards.SetItem(call.Sender, 0) };
        call.Pay(call.Sender, amount);
    }

    internal readonly record struct Bond(UInt128 Active, UInt128 Leaving, ulong LeavesAt);

    internal sealed record Storage(ImmutableDictionary<L1Address, Bond> Bonds, ImmutableDictionary<L1Address, UInt128> Rewards);
}
