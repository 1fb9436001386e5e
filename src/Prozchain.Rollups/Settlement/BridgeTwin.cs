using System.Collections.Immutable;
using System.Numerics;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.BridgeContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/Bridge.sol in process.</summary>
internal sealed class BridgeTwin : ContractTwin<BridgeTwin.Storage>
{
    private readonly BridgeLimits _limits;
    private readonly L1Address _inbox, _finality, _guardian, _hatch, _policy;
    private readonly ulong _rollup;

    private BridgeTwin(AbiValue a)
    {
        (_inbox, _finality, _guardian, _hatch, _rollup) = (a[0].ToAddress(), a[1].ToAddress(), a[2].ToAddress(), a[3].ToAddress(), a[4].ToUInt64());
        _policy = a[8].ToAddress();
        _limits = new BridgeLimits(a[5].ToUInt64(), a[6].ToUInt64(), a[7].ToUInt64());
        On(C.Withdraw, (call, a) => Withdraw(call, a[0].ToUInt64(), a[1].ToUInt64(), (uint)a[2].ToUInt64(), a[3].ToUInt128(), a[4].ToAddress(), a[5]));
        On(C.Release, (call, a) => Release(call, Leaf(a), (uint)a[2].ToUInt64(), a[3].ToUInt128(), a[4].ToAddress()));
        On(C.PayOut, (call, a) => PayOut(call, (uint)a[0].ToUInt64(), a[1].ToUInt128(), a[2].ToAddress()));
        On(C.DelayedOf, (call, a) => [call.State.Delayed.GetValueOrDefault((uint)a[0].ToUInt64())]);
        On(C.ReadyAt, (call, a) => [call.State.ReadyAt.GetValueOrDefault(a[0].ToDigest())]);
        On(C.IsTaken, (call, a) => [call.State.Taken.Contains((a[0].ToUInt64(), a[1].ToUInt64()))]);
        On(C.Register, (call, a) => [Register(call, a[0].ToAddress())]);
        On(C.DepositEther, (call, a) => [DepositEther(call, a)], isPayable: true);
        On(C.DepositToken, (call, a) => [DepositToken(call, a)], isPayable: true);
        On(C.Escrow, (call, a) => [call.State.Escrow.GetValueOrDefault((uint)a[0].ToUInt64())]);
        On(C.Tokens, (call, a) => [a[0].ToUInteger() < call.State.Tokens.Count ? call.State.Tokens[(int)a[0].ToUInt64()] : throw new ContractRevert([])]);
        On(C.TokenNumbers, (call, a) => [(ulong)Math.Max(0, call.State.Tokens.IndexOf(a[0].ToAddress()))]);
    }

    public override object Genesis => new Storage(
        [default], ImmutableDictionary<uint, UInt128>.Empty, ImmutableDictionary<uint, UInt128>.Empty, ImmutableDictionary<Digest32, ulong>.Empty, [],
        ImmutableDictionary<uint, BridgeLimits.Meter>.Empty, false);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static BridgeTwin? Create(AbiValue arguments) => arguments[5].ToUInt64() == 0 || arguments[7].ToUInt64() > BridgeLimits.Whole ? null : new BridgeTwin(arguments);

    private static AbiValue Register(TwinCall<Storage> call, L1Address token)
    {
        call.Require(call.Frame.HasCode(token), "NotAToken", token);
        call.Require(!call.State.Tokens.Contains(token), "AlreadyRegistered", token);
        ulong number = (ulong)call.State.Tokens.Count;
        call.State = call.State with { Tokens = call.State.Tokens.Add(token) };
        call.Emit(C.TokenRegistered, number, token);
        return number;
    }

    private static BigInteger Balance(TwinCall<Storage> call, L1Address token) => call.Call(token, Erc20.BalanceOf, 0, call.Frame.Self)[0].ToUInteger();

    private AbiValue DepositEther(TwinCall<Storage> call, AbiValue a)
    {
        Enter(call);
        UInt128 amount = a[0].ToUInt128();
        call.Require(amount > 0, "NothingDeposited");
        return Queue(call, 0, amount, a[1], a[2], amount);
    }

    private AbiValue DepositToken(TwinCall<Storage> call, AbiValue a)
    {
        Enter(call);
        ulong number = a[0].ToUInt64();
        call.Require(number != 0 && number < (ulong)call.State.Tokens.Count, "UnknownToken", number);
        L1Address token = call.State.Tokens[(int)number];
        BigInteger before = Balance(call, token);
        ChainAnswer moved = call.Frame.Call(new ChainCall(token, Erc20.TransferFrom.Encode(call.Sender, call.Frame.Self, a[1])));
        call.Require(Erc20.HasMoved(moved), "TransferFailed");
        BigInteger received = Balance(call, token) - before;
        if (received < 0) throw ContractRevert.Overflow();
        call.Require(!received.IsZero, "NothingDeposited");
        call.Require(received <= (BigInteger)UInt128.MaxValue, "TooMuch", AbiValue.Of(received));
        return Queue(call, (uint)number, (UInt128)received, a[2], a[3], 0);
    }

    private void Withdraw(TwinCall<Storage> call, ulong batch, ulong index, uint token, UInt128 amount, L1Address recipient, AbiValue siblings)
    {
        Enter(call);
        UnlessPaused(call);
        call.Require(call.Call(_finality, FinalityViews.IsFinal, 0, batch)[0].ToBool(), "NotFinal", batch);
        (bool isFrozen, ulong count) = Frozen(call);
        call.Require(!isFrozen || batch < count, "Frozen");
        if (!_policy.IsZero && !isFrozen) call.Call(_policy, FinalityPolicyContract.Check, 0, (ulong)EffectKind.Withdrawal, batch, index, (ulong)token, amount);
        Digest32 leaf = C.Leaf(_rollup, batch, index, token, amount, recipient);
        call.Require(ExitTree.Holds(call.Call(_finality, FinalityViews.ExitRoot, 0, batch)[0].ToDigest(), index, leaf, siblings), "NotInTree");
        call.Require(!call.State.Taken.Contains((batch, index)), "AlreadyTaken", batch, index);
        UInt128 escrow = call.State.Escrow.GetValueOrDefault(token);
        call.Require(amount <= escrow, "NotEscrowed", escrow, amount);
        ulong wait = _limits.Take(call.State.Meters.GetValueOrDefault(token), call.Now, escrow, amount, out BridgeLimits.Meter meter);
        call.State = call.State with
        {
            Taken = call.State.Taken.Add((batch, index)), Escrow = call.State.Escrow.SetItem(token, escrow - amount), Meters = call.State.Meters.SetItem(token, meter),
        };
        if (wait == 0)
        {
            call.Emit(C.Withdrawn, batch, index, recipient, (ulong)token, amount);
            Pay(call, token, recipient, amount);
        }
        else
        {
            ulong ready = checked(call.Now + wait);
            call.State = call.State with
            {
                Delayed = call.State.Delayed.SetItem(token, call.State.Delayed.GetValueOrDefault(token) + amount), ReadyAt = call.State.ReadyAt.SetItem(leaf, ready),
            };
            call.Emit(C.Delayed, batch, index, recipient, (ulong)token, amount, ready);
        }
        Leave(call);
    }

    private void Release(TwinCall<Storage> call, Digest32 leaf, uint token, UInt128 amount, L1Address recipient)
    {
        Enter(call);
        UnlessPaused(call);
        ulong ready = call.State.ReadyAt.GetValueOrDefault(leaf);
        call.Require(ready != 0 && call.Now >= ready, "NotReady", ready);
        call.State = call.State with { ReadyAt = call.State.ReadyAt.Remove(leaf), Delayed = call.State.Delayed.SetItem(token, call.State.Delayed[token] - amount) };
        call.Emit(C.Released, leaf);
        Pay(call, token, recipient, amount);
        Leave(call);
    }

    private void PayOut(TwinCall<Storage> call, uint token, UInt128 amount, L1Address recipient)
    {
        Enter(call);
        call.Require(call.Sender == _hatch, "NotHatch", call.Sender);
        UInt128 escrow = call.State.Escrow.GetValueOrDefault(token);
        call.Require(amount <= escrow, "NotEscrowed", escrow, amount);
        call.State = call.State with { Escrow = call.State.Escrow.SetItem(token, escrow - amount) };
        call.Emit(C.PaidOut, recipient, (ulong)token, amount);
        Pay(call, token, recipient, amount);
        Leave(call);
    }

    private Digest32 Leaf(AbiValue a) => C.Leaf(_rollup, a[0].ToUInt64(), a[1].ToUInt64(), (uint)a[2].ToUInt64(), a[3].ToUInt128(), a[4].ToAddress());

    private void UnlessPaused(TwinCall<Storage> call) => call.Require(_guardian.IsZero || !call.Call(_guardian, GuardianContract.Paused, 0)[0].ToBool(), "Paused");

    private (bool IsFrozen, ulong Count) Frozen(TwinCall<Storage> call)
    {
        if (_hatch.IsZero) return default;
        AbiValue said = call.Call(_hatch, EscapeHatchContract.Frozen, 0);
        return (said[0].ToBool(), said[1].ToUInt64());
    }

    private static void Pay(TwinCall<Storage> call, uint token, L1Address recipient, UInt128 amount)
    {
        if (token == 0) call.Pay(recipient, amount);
        else call.Require(Erc20.HasMoved(call.Frame.Call(new ChainCall(call.State.Tokens[(int)token], Erc20.Transfer.Encode(recipient, amount)))), "TransferFailed");
    }

    private AbiValue Queue(TwinCall<Storage> call, uint number, UInt128 amount, AbiValue scheme, AbiValue digest, UInt128 locked)
    {
        call.Require(!Frozen(call).IsFrozen, "Frozen");
        UInt128 fee = call.Call(_inbox, InboxContract.ForcedFee, 0)[0].ToUInt128(), least = checked(locked + fee);
        call.Require(call.Value >= least, "WrongValue", least, call.Value);
        call.State = call.State with { Escrow = call.State.Escrow.SetItem(number, checked(call.State.Escrow.GetValueOrDefault(number) + amount)) };
        AbiValue index = call.Call(_inbox, InboxContract.Enqueue, fee, AbiValue.Of(C.EncodeDeposit(number, amount, scheme, digest, call.Sender)))[0];
        call.Emit(C.Deposited, index, call.Sender, (ulong)number, amount, scheme, digest);
        if (call.Value > least) call.Pay(call.Sender, call.Value - least);
        Leave(call);
        return index;
    }

    private static void Enter(TwinCall<Storage> call)
    {
        call.Require(!call.State.IsEntered, "Reentered");
        call.State = call.State with { IsEntered = true };
    }

    private static void Leave(TwinCall<Storage> call) => call.State = call.State with { IsEntered = false };

    internal sealed record Storage(
        ImmutableList<L1Address> Tokens, ImmutableDictionary<uint, UInt128> Escrow, ImmutableDictionary<uint, UInt128> Delayed, ImmutableDictionary<Digest32, ulong> ReadyAt,
        ImmutableHashSet<(ulong Batch, ulong Index)> Taken, ImmutableDictionary<uint, BridgeLimits.Meter> Meters, bool IsEntered);
}
