using System.Buffers.Binary;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.EscapeHatchContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Out of a rollup that stands still: frozen by anyone after T_exit, every balance of the last final state paid once.</summary>
public abstract class EscapeSuite<THash> : SettlementSuite where THash : struct, IStateHash
{
    private const int User = 1, Deputy = 2;
    private const ulong Rollup = 9, Day = 86_400;
    private static readonly UInt128 s_fee = 1_000_000_000_000_000;

    private ISigner[] _people = [];
    private L1Address _inbox, _finality, _guardian;
    private ulong _delay;

    protected static L1Address Recipient { get; } = new([.. Enumerable.Repeat((byte)0x66, 20)]);

    protected StateStore<THash> State { get; } = new();

    protected L1Address Bridge { get; private set; }

    protected L1Address Hatch { get; private set; }

    [Fact]
    public async Task Escape_OfEveryBalance_IsPaidOnceAndUnpaused()
    {
        await DepositAsync(1_000, 1);
        await FreezeAsync();
        await World.DoAsync(Deputy, _guardian, GuardianContract.Pause, 0);
        EscapeProof proof = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        Assert.True(proof.Verify<THash>(State.Root()));
        await SendAsync(proof, 0);
        Assert.Equal(proof.Amount, await World.BalanceOfAsync(Recipient));
        Assert.Equal("AlreadyLeft()", await RevertAsync(proof, 0));
        await SendAsync(EscapeProof.TryMake(State, AddressOf(1), 0)!, 1);
        Assert.Equal((UInt128)1_000, await World.BalanceOfAsync(Recipient));
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(Bridge));
        Assert.Equal([600UL, 400UL], (await World.EventsAsync(Hatch, C.Escaped)).Select(log => log[3].ToUInt64()));
        Assert.True((await World.ReadAsync(Hatch, C.HasLeft, KeyOf(0)))[0].ToBool());
        Assert.Null(EscapeProof.TryMake(State, AddressOf(0), 5));
    }

    /// <summary>An account whose key was replaced leaves by its present key, and not by the old one.</summary>
    [Fact]
    public async Task Escape_AfterAKeyWasReplaced_IsSignedByTheNewKey()
    {
        await DepositAsync(1_000, 1);
        Put(0, 600, signer: 2);
        await FreezeAsync();
        EscapeProof proof = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        Assert.Equal("WrongKey()", await RevertAsync(proof, 0));
        await SendAsync(proof, 2);
        Assert.Equal((UInt128)600, await World.BalanceOfAsync(Recipient));
    }

    [Fact]
    public async Task Escape_WithAnythingElse_IsRefused()
    {
        await DepositAsync(1_000, 1);
        EscapeProof early = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        Assert.Equal("NotFrozen()", await RevertAsync(early, 0));
        await FreezeAsync();
        EscapeProof proof = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        Assert.Equal("BadSignature()", await RevertAsync(proof, 0, signedFor: World.AddressOf(User)));
        Assert.Equal("WrongKey()", await RevertAsync(proof, 1));
        Put(0, 601, signer: 0);
        EscapeProof lie = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        Assert.Equal("NotInState()", await RevertAsync(lie, 0));
        Put(1, 400, signer: 3);
        Assert.Equal("NotInState()", await RevertAsync(EscapeProof.TryMake(State, AddressOf(1), 0)!, 3));
        Assert.Throws<ArgumentException>(() => proof.Call(Hatch, Recipient, new byte[65], new byte[65]));
        Assert.Throws<ArgumentException>(() => proof.Call(Hatch, Recipient, _people[0].PublicKey.Span, []));
    }

    /// <summary>A signature with any byte changed, cut off or added is none; neither is that of another scheme.</summary>
    [Fact]
    public async Task Escape_WithAMangledSignature_IsRefused()
    {
        await DepositAsync(1_000, 1);
        await FreezeAsync();
        EscapeProof proof = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        byte[] signature = Sign(proof, 0);
        foreach (int at in (int[])[0, 1, 2, 33, signature.Length / 2, signature.Length - 1])
        {
            byte[] other = [.. signature];
            other[at] ^= 0x10;
            await AssertBadAsync(other);
        }
        await AssertBadAsync(signature[..^1]);
        await AssertBadAsync([.. signature, 0]);
        await AssertBadAsync([1]);
        Assert.True((await World.SendAsync(User, proof.Call(Hatch, Recipient, _people[0].PublicKey.Span, signature))).IsOk);

        async Task AssertBadAsync(byte[] other)
        {
            ChainAnswer answer = await World.As(User).CallAsync(proof.Call(Hatch, Recipient, _people[0].PublicKey.Span, other), TestContext.Current.CancellationToken);
            Assert.Equal("BadSignature()", RevertReason.Describe(answer.Output, C.Errors));
        }
    }

    /// <summary>Nobody holds up a freeze by not telling the root, or by leaving nothing: it is asked for again when somebody leaves.</summary>
    [Fact]
    public async Task Freeze_WithoutARoot_EndsTheRollup_AndAnyoneTellsItLater()
    {
        await DepositAsync(1_000, 1);
        await World.DoAsync(0, _finality, TestFinalityTwin.Set, 0, new Digest32(), new Digest32());
        await World.AdvanceAsync(TimeSpan.FromSeconds(_delay + 1));
        await World.DoAsync(User, Hatch, C.Freeze, 0);
        Assert.Equal(1UL, (await World.ReadAsync(Hatch, C.Frozen))[1].ToUInt64());
        EscapeProof proof = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        Assert.Equal("NoRoot(1)", await RevertAsync(proof, 0));
        await World.DoAsync(0, _finality, TestFinalityTwin.Publish, 0, 0UL, State.Root());
        // What becomes final later changes nothing.
        await World.DoAsync(0, _finality, TestFinalityTwin.Set, 0, AddressOf(1).Digest, new Digest32());
        await SendAsync(proof, 0);
        Assert.Equal(State.Root(), (await World.ReadAsync(Hatch, C.StateRoot))[0].ToDigest());
        await World.DoAsync(0, _finality, TestFinalityTwin.Publish, 0, 0UL, new Digest32());
        await SendAsync(EscapeProof.TryMake(State, AddressOf(1), 0)!, 1);
        Assert.Equal((UInt128)1_000, await World.BalanceOfAsync(Recipient));
    }

    /// <summary>Where nothing ever was final, deposits go back, and nobody has a balance to leave with.</summary>
    [Fact]
    public async Task Freeze_BeforeAnythingWasFinal_GivesDepositsBackAlone()
    {
        ChainBlock block = await World.BlockAsync((await DepositAsync(77, 2)).Block);
        await World.AdvanceAsync(TimeSpan.FromSeconds(_delay + 1));
        await World.DoAsync(User, Hatch, C.Freeze, 0);
        Assert.Equal("NoRoot(0)", await RevertAsync(EscapeProof.TryMake(State, AddressOf(0), 0)!, 0));
        UInt128 before = await World.BalanceOfAsync(World.AddressOf(2));
        await World.DoAsync(User, Hatch, C.Reclaim, 0, 0UL, 0UL, 77UL, 1UL, AddressOf(0).Digest, World.AddressOf(2), block.Number, block.TimestampSeconds);
        Assert.Equal(before + 77, await World.BalanceOfAsync(World.AddressOf(2)));
    }

    [Fact]
    public async Task Freeze_NeedsTheDelay_AndEndsTheRollup()
    {
        await DepositAsync(1_000, 1);
        await World.DoAsync(0, _finality, TestFinalityTwin.Set, 0, State.Root(), new Digest32());
        ulong since = (await World.ReadAsync(_finality, FinalityViews.LastFinal))[1].ToUInt64();
        Assert.Equal($"NotYet({since + _delay})", await World.RevertAsync(User, Hatch, C.Freeze, 0, C.Errors));
        await World.AdvanceAsync(TimeSpan.FromSeconds(_delay - 60));
        Assert.Equal($"NotYet({since + _delay})", await World.RevertAsync(User, Hatch, C.Freeze, 0, C.Errors));
        await World.AdvanceAsync(TimeSpan.FromSeconds(61));
        await World.DoAsync(User, Hatch, C.Freeze, 0);
        Assert.Equal("AlreadyFrozen()", await World.RevertAsync(User, Hatch, C.Freeze, 0, C.Errors));
        Assert.Equal(State.Root(), (await World.ReadAsync(Hatch, C.StateRoot))[0].ToDigest());
        Assert.Equal("Frozen()", await World.RevertAsync(User, Bridge, BridgeContract.DepositEther, s_fee + 1, BridgeContract.Errors, 1UL, 1UL, new Digest32()));
        // What becomes final after the freeze is too late: its withdrawals would be paid twice.
        var log = new EffectLog();
        log.Begin(new BatchContext(Rollup, 1, 0, 0));
        log.Withdraw(0, 1, Recipient);
        await World.DoAsync(0, _finality, TestFinalityTwin.Set, 0, State.Root(), log.ExitRoot());
        Assert.Equal("Frozen()", await World.RevertAsync(User, Bridge, BridgeContract.Withdraw, 0, BridgeContract.Errors, 1UL, 0UL, 0UL, 1UL, Recipient, AbiValue.List()));
    }

    /// <summary>A deposit that the last final state has not got goes back; one that it has does not.</summary>
    [Fact]
    public async Task Deposit_NotInTheLastFinalState_GoesBack()
    {
        await DepositAsync(1_000, 1);
        await World.DoAsync(0, _inbox, InboxContract.AppendCalldata, 0, 0UL, AbiValue.Of(new byte[3]), 1UL, await World.NoItemsAsync());
        ChainReceipt late = await DepositAsync(77, 2);
        ChainBlock block = await World.BlockAsync(late.Block);
        await FreezeAsync();
        AbiValue[] reclaim = [1UL, 0UL, 77UL, 1UL, AddressOf(0).Digest, World.AddressOf(2), block.Number, block.TimestampSeconds];
        Assert.Equal("NotFrozen()", await World.RevertAsync(User, Hatch, C.Reclaim, 0, C.Errors, reclaim));
        ChainLog appended = (await World.LogsAsync(_inbox)).First(log => InboxContract.TryRead(log, out InboxBatch _));
        Assert.True(InboxContract.TryRead(appended, out InboxBatch batch));
        ChainBlock at = await World.BlockAsync(appended.Block);
        AbiValue[] show = [new Digest32(), (ulong)batch.Kind, batch.Commitment, batch.ForcedTaken, batch.ForcedHead, at.Number, at.TimestampSeconds];
        Assert.Equal("WrongBatch()", await World.RevertAsync(User, Hatch, C.ShowBatch, 0, C.Errors, [.. show[..3], 0UL, .. show[4..]]));
        await World.DoAsync(User, Hatch, C.ShowBatch, 0, show);

        Assert.Equal("WrongDeposit()", await World.RevertAsync(User, Hatch, C.Reclaim, 0, C.Errors, [reclaim[0], reclaim[1], 78UL, .. reclaim[3..]]));
        ChainBlock first = await World.BlockAsync((await World.LogsAsync(Bridge))[0].Block);
        Assert.Equal("WrongDeposit()", await World.RevertAsync(User, Hatch, C.Reclaim, 0, C.Errors, 0UL, 0UL, 1_000UL, 1UL, AddressOf(0).Digest, World.AddressOf(1), first.Number, first.TimestampSeconds));
        UInt128 before = await World.BalanceOfAsync(World.AddressOf(2));
        await World.DoAsync(User, Hatch, C.Reclaim, 0, reclaim);
        Assert.Equal(before + 77, await World.BalanceOfAsync(World.AddressOf(2)));
        Assert.Equal("AlreadyLeft()", await World.RevertAsync(User, Hatch, C.Reclaim, 0, C.Errors, reclaim));
    }

    /// <summary>The contract works the least delay out as ExitDelay does, for few claims and for many, and is not created below it.</summary>
    [Fact]
    public async Task Delay_BelowTheFormula_CannotBeConstructed()
    {
        foreach (ulong claims in (ulong[])[1, 2, 16, 1 << 20])
            Assert.Equal(Formula(claims), (await World.ReadAsync(Hatch, C.LeastDelay, Clocks(claims)))[0].ToUInt64());
        AbiValue[] arguments = [_finality, Bridge, _inbox, _delay - 1, Clocks(16), AbiValue.List(default(L1Address), default(L1Address))];
        Assert.False((await World.SendAsync(0, World.CreationOf("EscapeHatch", arguments))).IsOk);
        Assert.Equal("BadClocks()", await World.RevertAsync(0, Hatch, C.LeastDelay, 0, C.Errors, Clocks(0)));
        Assert.Equal("BadClocks()", await World.RevertAsync(0, Hatch, C.LeastDelay, 0, C.Errors, Clocks(2, Day - 1)));
    }

    protected override async Task PrepareAsync()
    {
        _delay = Formula(16);
        _people = [.. Enumerable.Range(1, 4).Select(Person)];
        (L1Address hasher, L1Address authorizer) = await ProfileAsync();
        _inbox = await World.DeployAsync("Inbox", World.AddressOf(0), AbiValue.List(), 0UL);
        _finality = await World.DeployAsync("TestFinality");
        AbiValue members = AbiValue.List([.. Enumerable.Range(3, 8).Select(member => (AbiValue)World.AddressOf(member))]);
        _guardian = await World.DeployAsync("Guardian", World.AddressOf(Deputy), members, Day);
        Hatch = await World.NextContractAsync(1);
        Bridge = await World.DeployAsync("Bridge", _inbox, _finality, _guardian, Hatch, Rollup, 600UL, Day, 200UL, default(L1Address));
        Assert.Equal(Hatch, await World.DeployAsync("EscapeHatch", _finality, Bridge, _inbox, _delay, Clocks(16), AbiValue.List(hasher, authorizer)));
        for (int i = 0; i < 2; i++) Put(i, i == 0 ? 600UL : 400UL, signer: i);
        for (int i = 0; i < 50; i++) State.Write(new Digest32(Hashing.Keccak([(byte)i])), Amount((ulong)i));
    }

    private protected abstract ISigner Person(int seed);

    /// <summary>The address that a person's account has in the state.</summary>
    protected virtual AccountAddress AddressOf(int person) => AddressOfKey(person);

    /// <summary>Under which key the state has a person's balance of token 0.</summary>
    protected virtual Digest32 KeyOf(int person) => PaymentKeys.Balance<THash>(AddressOf(person), 0);

    /// <summary>Writes a person's account, for which a signer's key signs, and its balance of token 0.</summary>
    protected virtual void Put(int person, UInt128 amount, int signer)
    {
        State.Write(PaymentKeys.Account<THash>(AddressOf(person)), Record(new PaymentAccount(3, (ulong)person, signer == person ? default : AddressOfKey(signer).Digest)));
        State.Write(KeyOf(person), Amount(amount));
    }

    /// <summary>What hashes and what checks signatures.</summary>
    protected abstract Task<(L1Address Hasher, L1Address Authorizer)> ProfileAsync();

    private static TournamentParameters Tournament => TournamentParameters.Dave;

    private static AbiValue Clocks(ulong claims, ulong margin = Day) => AbiValue.List(
        7 * Day, Tournament.ChallengePeriod, Tournament.RoundLength, (ulong)Tournament.GroupSize, (ulong)Tournament.MaxDemotions, claims, 3_600UL, margin);

    private static ulong Formula(ulong claims) =>
        ExitDelay.ForDisputes(new FinalityParameters { Mode = FinalityMode.Optimistic, OptimisticPeriod = 7 * Day }, Tournament, claims, 3_600, Day).Seconds;

    protected static byte[] Amount(UInt128 amount)
    {
        var value = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(value, amount);
        return value;
    }

    private static byte[] Record(PaymentAccount account)
    {
        var value = new byte[PaymentAccount.LongSize];
        return value[..account.Write(value)];
    }

    protected AccountAddress AddressOfKey(int person) => AccountAddress.FromPublicKey(_people[person].PublicKey.Span);

    protected Task<ChainReceipt> DepositAsync(ulong amount, int from) =>
        World.DoAsync(from, Bridge, BridgeContract.DepositEther, s_fee + amount, amount, 1UL, AddressOf(0).Digest);

    protected async Task FreezeAsync()
    {
        await World.DoAsync(0, _finality, TestFinalityTwin.Set, 0, State.Root(), new Digest32());
        await World.AdvanceAsync(TimeSpan.FromSeconds(_delay + 1));
        await World.DoAsync(User, Hatch, C.Freeze, 0);
    }

    protected byte[] Sign(EscapeProof proof, int signer, L1Address? signedFor = null)
    {
        var signature = new byte[_people[signer].SignatureSize];
        _people[signer].Sign(proof.Message(AnvilNode.ChainId, Hatch, signedFor ?? Recipient), signature);
        return signature;
    }

    private ChainCall Call(EscapeProof proof, int signer, L1Address? signedFor = null) => proof.Call(Hatch, Recipient, _people[signer].PublicKey.Span, Sign(proof, signer, signedFor));

    protected async Task SendAsync(EscapeProof proof, int signer) => Assert.True((await World.SendAsync(User, Call(proof, signer))).IsOk);

    protected Task<string> RevertAsync(EscapeProof proof, int signer, L1Address? signedFor = null) => RevertAsync(Call(proof, signer, signedFor));

    protected async Task<string> RevertAsync(ChainCall call)
    {
        ChainAnswer answer = await World.As(User).CallAsync(call, TestContext.Current.CancellationToken);
        Assert.False(answer.IsOk);
        return RevertReason.Describe(answer.Output, C.Errors);
    }
}
