using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StepVerifierContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>One step of a payments rollup, executed from its proof: the same as on a node, by the library and by the contract.</summary>
public abstract class StepVerifierSuite : SettlementSuite
{
    private const int Owner = 0, Guardian = 1, Second = 2, Stranger = 3, Poor = 4, Unknown = 5;
    private const uint Delay = 100;

    private readonly StepRig _rig = new(new BatchCaps(PaymentRules.Intrinsic + new ResourceUse(4_000, 380), ResourceUse.Unlimited), people: 7);
    private L1Address _contract;

    [Fact]
    public async Task EveryKind_AndEveryStatus_AreThoseOfTheNode()
    {
        var seen = new HashSet<TransitionStatus>();
        for (int person = 0; person < Poor; person++) await Step(_rig.Deposit(person, 1_000));
        await Step(_rig.Deposit(Poor, 1));
        await Step(_rig.Deposit(Owner, 500, token: 7));
        await Step(StepItem.Of(new InboundMessage { Amount = UInt128.MaxValue, Recipient = _rig.AddressOf(Owner), Sender = StepRig.Outside }));
        await Step(StepItem.Of(new InboundMessage { Amount = 5, Sender = StepRig.Outside }));
        await Step(StepItem.Of(new InboundMessage { Recipient = _rig.AddressOf(Unknown) }));
        await Step(new StepItem(StepKind.Deposit, new byte[159]));

        Payment transfer = new() { Amount = 10, Recipient = _rig.AddressOf(Guardian), Fee = 2 };
        await Pay(Owner, transfer);
        await Pay(Owner, transfer with { Token = 7, FeeToken = 7 }, sponsor: -1);
        await Pay(Owner, transfer with { Recipient = _rig.AddressOf(Owner) });
        await Pay(Owner, transfer with { Recipient = new AccountAddress(2, Hashing.Keccak("new"u8)) }, sponsor: Second);
        await Pay(Owner, transfer with { Amount = 0, Recipient = new AccountAddress(2, Hashing.Keccak("untouched"u8)) });
        await Pay(Owner, transfer with { Amount = 100_000 });
        await Pay(Owner, new Payment { Kind = PaymentKind.Withdraw, Amount = 30, L1Recipient = StepRig.Outside, Fee = 1 });
        await Pay(Owner, new Payment { Kind = PaymentKind.Withdraw, Amount = 3, Token = 7, L1Recipient = StepRig.Outside });
        await Pay(Owner, new Payment { Kind = PaymentKind.Withdraw, Amount = 3, Token = 8, L1Recipient = StepRig.Outside });
        for (int length = 0; length < 90; length += 40) await Pay(Owner, new Payment { Kind = PaymentKind.Message, L1Recipient = StepRig.Outside, Payload = new byte[length] });
        await Pay(Owner, new Payment { Kind = PaymentKind.Message, Payload = new byte[1_024], Fee = 1 });
        await Pay(Owner, new Payment { Kind = PaymentKind.Message, Payload = new byte[1_025] });

        await Pay(Poor, transfer);
        await Pay(Unknown, transfer);
        await Pay(Owner, transfer, sponsor: Unknown);
        await Pay(Owner, transfer, key: Second);
        await Pay(Owner, transfer with { Nonce = 1 });
        await Pay(Owner, transfer with { Kind = (PaymentKind)9 });
        await Pay(Owner, transfer with { L1Recipient = StepRig.Outside });
        Payment signed = _rig.Sign(Owner, transfer);
        await Step(StepItem.Of(signed with { Amount = 11 }));
        await Step(StepItem.Of(signed with { Signed = signed.Signed with { Signature = HighS(signed.Signed.Signature) } }));
        await Step(StepItem.Of(signed with { Signed = default }));
        await Step(StepItem.Of(signed with { Sponsored = signed.Signed }));
        await Step(new StepItem(StepKind.Payment, StepItem.Of(signed).Data[..^1]));
        await Step(new StepItem(StepKind.Payment, default));
        await Step(StepItem.Of(signed, isForced: true));

        await Pay(Guardian, Ask(PaymentKind.StartRecovery));
        await Pay(Owner, new Payment { Kind = PaymentKind.CancelRecovery, Recipient = _rig.AddressOf(Owner) });
        await Pay(Owner, new Payment { Kind = PaymentKind.SetRecovery, Payload = RecoveryPolicy.Encode(2, Delay, _rig.AddressOf(Guardian), _rig.AddressOf(Second)) });
        await Pay(Owner, new Payment { Kind = PaymentKind.SetRecovery, Payload = new byte[9] });
        await Pay(Stranger, Ask(PaymentKind.StartRecovery));
        await Pay(Guardian, Ask(PaymentKind.ApproveRecovery));
        await Pay(Guardian, Ask(PaymentKind.StartRecovery));
        await Pay(Second, Ask(PaymentKind.StartRecovery));
        await Pay(Guardian, Ask(PaymentKind.ApproveRecovery));
        await Pay(Stranger, Ask(PaymentKind.FinishRecovery));
        await Pay(Second, Ask(PaymentKind.ApproveRecovery));
        await Pay(Stranger, Ask(PaymentKind.FinishRecovery));
        _rig.Begin(_rig.Context with { Number = 4, TimestampSeconds = _rig.Context.TimestampSeconds + Delay });
        await Pay(Stranger, Ask(PaymentKind.FinishRecovery));
        await Pay(Owner, transfer);
        await Pay(Owner, transfer, key: Unknown);
        await Pay(Owner, new Payment { Kind = PaymentKind.RotateKey, Payload = _rig.Person(Owner).PublicKey }, key: Unknown);
        byte[] hashKey = [AccountAddress.HashScheme, .. Enumerable.Range(1, 32).Select(i => (byte)i)], modulus = [.. hashKey[..^4], 1, 0, 0, 0x7F];
        await Pay(Owner, new Payment { Kind = PaymentKind.RotateKey, Payload = modulus, Fee = 1 });
        await Pay(Owner, new Payment { Kind = PaymentKind.RotateKey, Payload = new byte[] { AccountAddress.HashScheme, 1 }, Fee = 1 });
        await Pay(Owner, new Payment { Kind = PaymentKind.RotateKey, Payload = hashKey, Fee = 1 });
        await Pay(Owner, transfer);
        await Pay(Guardian, new Payment { Kind = PaymentKind.CancelRecovery, Recipient = _rig.AddressOf(Guardian) });
        _rig.State.Write(PaymentKeys.Balance(_rig.AddressOf(Stranger), 0), new byte[15]);
        _rig.Begin(_rig.Context);
        await Pay(Stranger, transfer);
        await Pay(Guardian, transfer with { Recipient = _rig.AddressOf(Stranger) });

        using var tight = new StepRig(new BatchCaps(PaymentRules.Intrinsic, ResourceUse.Unlimited));
        L1Address strict = await World.DeployAsync("StepVerifier", tight.ContractRules());
        await tight.DoAsync(World, strict, tight.Deposit(Owner, 100));
        seen.Add((await tight.DoAsync(World, strict, StepItem.Of(tight.Sign(Owner, transfer)))).Status);

        // A deposit that the supply has no room for is sent back; code to run, another chain, missing state and accounts by number are not in a step.
        TransitionStatus[] never = [TransitionStatus.BalanceOverflow, TransitionStatus.Reverted, TransitionStatus.WrongChain, TransitionStatus.MissingState, TransitionStatus.UnknownRecipient, TransitionStatus.UsedKey];
        Assert.Equal(Enum.GetValues<TransitionStatus>().Except(never), seen.Order());

        Payment Ask(PaymentKind kind) => new()
        {
            Kind = kind, Recipient = _rig.AddressOf(Owner), Fee = 1,
            Payload = kind == PaymentKind.StartRecovery ? _rig.Person(Unknown).PublicKey : _rig.AddressOf(Unknown).Digest.Span.ToArray(),
        };

        Task Pay(int sender, Payment payment, int sponsor = -1, int key = -1) => Step(StepItem.Of(_rig.Sign(sender, payment, sponsor, key)));

        async Task Step(StepItem item) => seen.Add((await _rig.DoAsync(World, _contract, item)).Status);
    }

    [Fact]
    public async Task RandomPayments_AreThoseOfTheNode()
    {
        var random = new Random(4711);
        for (int i = 0; i < 60; i++)
        {
            StepItem item = i < 4 || random.Next(9) == 0
                ? _rig.Deposit(random.Next(6), (UInt128)random.Next(300), (uint)random.Next(2))
                : StepItem.Of(StepPayments.Any(random, _rig), isForced: random.Next(5) == 0);
            await _rig.DoAsync(World, _contract, item);
            if (random.Next(10) == 0) _rig.Begin(_rig.Context with { Number = _rig.Context.Number + 1, TimestampSeconds = _rig.Context.TimestampSeconds + 30 });
        }
    }

    /// <summary>Nothing is shown by a proof of which any part is not as it was made.</summary>
    [Fact]
    public async Task Proofs_ThatAreChanged_AreRefused()
    {
        for (int person = 0; person < 6; person++) _rig.Do(_rig.Deposit(person, 1_000));
        for (int i = 0; i < 3; i++) _rig.Do(StepItem.Of(_rig.Sign(i, new Payment { Kind = PaymentKind.Message })));
        StepProof proof = _rig.Prove(StepItem.Of(_rig.Sign(Owner, new Payment { Kind = PaymentKind.Withdraw, Amount = 3, Fee = 1 })));
        Digest32 leaf = _rig.Machine.Leaf(), item = proof.Item.Digest();
        await World.ReadAsync(_contract, C.Prove, leaf, item, 3UL, 1_000UL, false, C.Encode(proof));
        await Refused("BadWitness()", proof with { Witness = default });
        await Refused("BadWitness()", proof with { Witness = proof.Witness[..^1] });
        await Refused("BadWitness()", proof with { Witness = (byte[])[.. proof.Witness.Span, 0] });
        for (int i = 0; i < proof.Witness.Length; i += i < 6 ? 1 : 23)
        {
            byte[] witness = proof.Witness.ToArray();
            witness[i] ^= (byte)(1 << (i % 8));
            await Refused(null, proof with { Witness = witness });
        }
        Assert.Equal(2, proof.Exits.Length);
        await Refused("BadExits()", proof with { Exits = default });
        await Refused("BadExits()", proof with { Exits = proof.Exits[..^1] });
        await Refused("BadExits()", proof with { Exits = (Digest32[])[.. proof.Exits.Span, default] });
        await Refused("BadExits()", proof with { Exits = (Digest32[])[proof.Exits.Span[1], proof.Exits.Span[0]] });
        StepProof other = _rig.Prove(StepItem.Of(_rig.Sign(Second, new Payment { Kind = PaymentKind.Message })));
        await Refused(null, proof with { Witness = other.Witness });
        StepMachine before = proof.Before;
        foreach (StepMachine machine in (StepMachine[])[
            before with { StateRoot = item }, before with { ExitRoot = item }, before with { Exits = 2 }, before with { Used = default },
            before with { ForcedRoot = item }, before with { ForcedExits = item }])
            await Refused($"WrongState({Hex(leaf)}, {Hex(machine.Leaf())})", proof with { Before = machine });
        await Refused($"WrongItem({Hex(item)}, {Hex(other.Item.Digest())})", proof with { Item = other.Item });
        StepItem forced = proof.Item with { Kind = StepKind.ForcedPayment };
        await Refused($"WrongItem({Hex(item)}, {Hex(forced.Digest())})", proof with { Item = forced });

        async Task Refused(string? error, StepProof changed)
        {
            string got = await World.RevertAsync(0, _contract, C.Prove, 0, C.Errors, leaf, item, 3UL, 1_000UL, false, C.Encode(changed));
            if (error is not null) Assert.Equal(error, got);
            else Assert.Contains(got, (string[])["BadWitness()", "MissingState()"]);
        }
    }

    /// <summary>From the root before a batch to the roots after it, leaf by leaf; payments that cross its cap are undone, forced items are not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Batches_OpenAndClose_WithinTheirCap(int payments)
    {
        ResourceUse one = PaymentRules.Intrinsic + new ResourceUse(3_800, 360);
        var caps = new BatchCaps(one, one + one + new ResourceUse(3_900, 360) + new ResourceUse(3_900, 360));
        using var rig = new StepRig(caps);
        L1Address contract = await World.DeployAsync("StepVerifier", rig.ContractRules());
        // The batch before had exits, which are none of this one's.
        Digest32 exits = new(Hashing.Keccak("exits"u8)), start = (rig.Machine with { ExitRoot = exits }).Edge(), leaf = start;
        bool isFirst = true;
        StepItem deposit = rig.Deposit(Owner, 1_000);
        StepProof first = rig.Prove(deposit).AsFirst(exits);
        await Refused(first.AsFirst(default), first.Before with { ExitRoot = default }, isEdge: true);
        await Refused(first with { Before = first.Before with { Exits = 1 } }, first.Before with { ExitRoot = default, Exits = 1 }, isEdge: false);
        await Refused(first with { Before = first.Before with { ForcedExits = exits } }, first.Before with { ExitRoot = default, ForcedExits = exits }, isEdge: false);
        await Step(deposit);
        await Step(StepItem.Of(new InboundMessage { Amount = 7, Sender = StepRig.Outside }));
        await Step(StepItem.Of(rig.Sign(Owner, Transfer()), isForced: true));
        StepMachine forced = rig.Machine;
        for (int i = 0; i < payments; i++) await Step(StepItem.Of(rig.Sign(Owner, Transfer())));
        // A forced payment that finds no room does nothing. It never comes so late; the step is the same.
        if (payments == 1) Assert.Equal(TransitionStatus.OverCap, await Step(StepItem.Of(rig.Sign(Owner, Transfer()), isForced: true)));
        StepMachine end = payments == 1 ? rig.Machine : forced;
        AbiValue answer = await World.ReadAsync(contract, C.Prove, leaf, StepItem.Close.Digest(), 3UL, 1_000UL, false, C.Encode(rig.Prove(StepItem.Close)));
        Assert.Equal(end.Edge(), answer[0].ToDigest());
        // A batch of one step, its end.
        StepProof empty = new StepProof(StepMachine.Begin(end.StateRoot), StepItem.Close, default, default).AsFirst(end.ExitRoot);
        AbiValue last = await World.ReadAsync(contract, C.Prove, answer[0], StepItem.Close.Digest(), 4UL, 1_000UL, true, C.Encode(empty));
        Assert.Equal(StepMachine.Begin(end.StateRoot).Edge(), last[0].ToDigest());

        async Task Refused(StepProof proof, StepMachine got, bool isEdge) => Assert.Equal(
            $"WrongState({Hex(start)}, {Hex(isEdge ? got.Edge() : got.Leaf())})",
            await World.RevertAsync(0, contract, C.Prove, 0, C.Errors, start, deposit.Digest(), 3UL, 1_000UL, true, C.Encode(proof)));

        Payment Transfer() => new() { Amount = 10, Recipient = rig.AddressOf(Guardian), Fee = 1 };

        async Task<TransitionStatus> Step(StepItem item)
        {
            (StepProof proof, TransitionOutcome outcome) = rig.Do(item);
            AbiValue after = await World.ReadAsync(contract, C.Prove, leaf, item.Digest(), 3UL, 1_000UL, isFirst, C.Encode(isFirst ? proof.AsFirst(exits) : proof));
            (leaf, isFirst) = (after[0].ToDigest(), false);
            Assert.Equal(rig.Machine.Leaf(), leaf);
            return outcome.Status;
        }
    }

    [Fact]
    public async Task ExitTrees_GrowLeafByLeaf()
    {
        var effects = new EffectLog();
        effects.Begin(_rig.Context);
        for (ulong count = 0; count < 18; count++)
        {
            AbiValue path = AbiValue.List([.. effects.ProveNext().Select(sibling => (AbiValue)sibling)]);
            Digest32 before = effects.ExitRoot();
            effects.Withdraw(0, count + 1, StepRig.Outside);
            Digest32 leaf = effects.Leaf((int)count);
            Assert.Equal(effects.ExitRoot(), (await World.ReadAsync(_contract, C.Append, before, count, leaf, path))[0].ToDigest());
            // A place that is taken is not free; of those that are, the machine's count says which is next.
            if (count % 2 == 1) Assert.Equal("BadExits()", await World.RevertAsync(0, _contract, C.Append, 0, C.Errors, before, count - 1, leaf, path));
        }
    }

    /// <summary>A rollup whose signatures are of Ed25519 has the same steps.</summary>
    [Fact]
    public async Task Ed25519_IsCheckedByAContract()
    {
        using var rig = new StepRig(isEd25519: true);
        L1Address contract = await World.DeployAsync("StepVerifier", rig.ContractRules(await World.DeployAsync("Ed25519")));
        for (int person = 0; person < 2; person++) await rig.DoAsync(World, contract, rig.Deposit(person, 1_000));
        Payment payment = rig.Sign(Owner, new Payment { Amount = 10, Recipient = rig.AddressOf(Guardian), Fee = 2 }, sponsor: Guardian);
        Assert.Equal(TransitionStatus.BadSignature, (await rig.DoAsync(World, contract, StepItem.Of(payment with { Amount = 11 }))).Status);
        Assert.Equal(TransitionStatus.BadSignature, (await rig.DoAsync(World, contract, StepItem.Of(payment with { Sponsored = payment.Signed }))).Status);
        Assert.Equal(TransitionStatus.Applied, (await rig.DoAsync(World, contract, StepItem.Of(payment))).Status);
        Assert.Equal(TransitionStatus.BadSignature, (await _rig.DoAsync(World, _contract, StepItem.Of(payment))).Status);
    }

    [Fact]
    public async Task Constructor_RefusesRulesThatNoRollupHas()
    {
        using var low = new StepRig();
        AbiValue[] rules = low.ContractRules().Items.ToArray(), noFees = [.. rules], noGas = [.. rules];
        (noFees[1], noGas[3]) = (0UL, PaymentRules.Intrinsic.ExecutionGas - 1);
        foreach (AbiValue[] bad in (AbiValue[][])[noFees, noGas])
            Assert.False((await World.SendAsync(0, new ChainCall(default, Creation("StepVerifier", AbiValue.List(bad)), GasLimit: 10_000_000))).IsOk);
        Assert.Equal(StepRig.ChainId, (await World.ReadAsync(_contract, C.ChainId))[0].ToUInt64());
        Assert.True((await World.ReadAsync(_contract, C.Ed25519))[0].ToAddress().IsZero);
    }

    protected override async Task PrepareAsync() => _contract = await World.DeployAsync("StepVerifier", _rig.ContractRules());

    private protected abstract byte[] Creation(string contract, params AbiValue[] arguments);

    private static string Hex(Digest32 digest) => $"0x{digest}";

    private static byte[] HighS(ReadOnlyMemory<byte> signature)
    {
        byte[] high = signature.ToArray();
        var order = new System.Numerics.BigInteger(Prozchain.Shared.P256Signature.Order, isUnsigned: true, isBigEndian: true);
        byte[] s = (order - new System.Numerics.BigInteger(high.AsSpan(33), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        s.CopyTo(high.AsSpan(65 - s.Length));
        return high;
    }
}

public sealed class StepVerifierInProcessTests : StepVerifierSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());

    private protected override byte[] Creation(string contract, params AbiValue[] arguments) => Rollups.Settlement.ContractTwins.Creation(contract, arguments);
}

[Collection(AnvilCollection.Name)]
public sealed class StepVerifierOnAnvilTests(AnvilFixture fixture) : StepVerifierSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);

    private protected override byte[] Creation(string contract, params AbiValue[] arguments) => ContractCode.Load(contract).Create(arguments);
}
