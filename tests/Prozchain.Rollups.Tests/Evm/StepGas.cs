using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>What one step costs as a transaction, by kind, on a state of 100,000 keys.</summary>
internal static class StepGas
{
    // EIP-7825: no transaction has more.
    private const ulong Most = 1 << 24;

    public static async Task MeasureAsync(TestAccount user, IDictionary<string, ulong> gas)
    {
        (L1Address ed25519, gas["Ed25519.constructor"]) = await user.DeployAsync("Ed25519");
        using (var rig = new StepRig(people: 3, isEd25519: true))
        {
            (L1Address contract, _) = await user.DeployAsync("StepVerifier", rig.ContractRules(ed25519));
            for (int i = 0; i < 2; i++) rig.Do(rig.Deposit(i, 1_000));
            await StepAsync(user, contract, rig, "Transfer, Ed25519", StepItem.Of(rig.Sign(0, new Payment { Amount = 10, Recipient = rig.AddressOf(1), Fee = 1 })), gas);
        }
        await MeasureP256Async(user, gas);
        Assert.All(gas.Where(row => row.Key.StartsWith("StepVerifier.", StringComparison.Ordinal)), row => Assert.InRange(row.Value, 1UL, Most));
    }

    private static async Task MeasureP256Async(TestAccount user, IDictionary<string, ulong> gas)
    {
        using var rig = new StepRig(people: 20);
        for (int i = 0; i < 100_000; i++) rig.State.Write(new Digest32(Hashing.Keccak(BitConverter.GetBytes(i))), new byte[16]);
        rig.Begin(rig.Context);
        for (int i = 0; i < 18; i++) rig.Do(rig.Deposit(i, 1_000));
        rig.Begin(rig.Context);
        (L1Address contract, gas["StepVerifier.constructor"]) = await user.DeployAsync("StepVerifier", rig.ContractRules());
        byte[] full = new byte[PaymentRules.MaxPayload];
        Array.Fill(full, (byte)7);
        var newcomer = new AccountAddress(2, Hashing.Keccak("newcomer"u8));
        byte[] guardians = RecoveryPolicy.Encode(2, 10, [.. Enumerable.Range(1, 16).Select(rig.AddressOf)]);
        await Do("Deposit", rig.Deposit(0, 500));
        await Do("Deposit to a new account", StepItem.Of(new InboundMessage { Amount = 9, Recipient = newcomer, Sender = StepRig.Outside }));
        await Do("Deposit sent back", StepItem.Of(new InboundMessage { Amount = 9, Sender = StepRig.Outside }));
        await Pay("Transfer", new Payment { Amount = 10, Recipient = rig.AddressOf(1), Fee = 1 });
        await Pay("Transfer sponsored to a new account", new Payment { Amount = 10, Recipient = rig.AddressOf(18), Fee = 1 }, sponsor: 1);
        await Pay("Withdraw", new Payment { Kind = PaymentKind.Withdraw, Amount = 10, L1Recipient = StepRig.Outside, Fee = 1 });
        await Pay("Message 1024 bytes", new Payment { Kind = PaymentKind.Message, L1Recipient = StepRig.Outside, Payload = full, Fee = 1 });
        await Pay("RotateKey", new Payment { Kind = PaymentKind.RotateKey, Payload = rig.Person(0).PublicKey, Fee = 1 });
        await Pay("SetRecovery 16 guardians", new Payment { Kind = PaymentKind.SetRecovery, Payload = guardians, Fee = 1 });
        await Pay("StartRecovery", Ask(PaymentKind.StartRecovery, rig.Person(19).PublicKey), sender: 1);
        await Pay("ApproveRecovery", Ask(PaymentKind.ApproveRecovery, rig.AddressOf(19).Digest.Span.ToArray()), sender: 16);
        rig.Begin(rig.Context with { TimestampSeconds = rig.Context.TimestampSeconds + 10 });
        await Pay("FinishRecovery", Ask(PaymentKind.FinishRecovery, rig.AddressOf(19).Digest.Span.ToArray()), sender: 17);
        await Pay("CancelRecovery", new Payment { Kind = PaymentKind.CancelRecovery, Recipient = rig.AddressOf(0), Fee = 1 }, key: 19);
        await JudgeAsync(user, contract, rig, gas);
        await Do("Close", StepItem.Close);

        Payment Ask(PaymentKind kind, ReadOnlyMemory<byte> payload) => new() { Kind = kind, Recipient = rig.AddressOf(0), Payload = payload, Fee = 1 };

        Task Pay(string name, Payment payment, int sender = 0, int sponsor = -1, int key = -1) => Do(name, StepItem.Of(rig.Sign(sender, payment, sponsor, key)));

        Task Do(string name, StepItem item) => StepAsync(user, contract, rig, name, item, gas);
    }

    // A payment in the middle of a batch of 1,500, with all that shows which one it is.
    private static async Task JudgeAsync(TestAccount user, L1Address verifier, StepRig rig, IDictionary<string, ulong> gas)
    {
        const ulong place = 700, forced = 2;
        (L1Address challenges, _) = await user.DeployAsync("DataChallenge", user.Address, 86_400UL, 86_400UL, 1UL);
        (L1Address judge, gas["StepJudge.constructor"]) = await user.DeployAsync("StepJudge", verifier, user.Address, challenges);
        Digest32[] items = [.. Enumerable.Range(0, 1_500).Select(i => new Digest32(Hashing.Keccak(BitConverter.GetBytes(i))))];
        AbiValue earlier = AbiValue.List(items[0], rig.Context.Number - 1, 2UL, items[1], 0UL, default(Digest32), 100UL, rig.Context.TimestampSeconds), list, header;
        StepItem item;
        ClaimTree tree;
        do
        {
            item = StepItem.Of(rig.Sign(1, new Payment { Amount = 10, Recipient = rig.AddressOf(2), Fee = 1 }));
            items[place] = item.Digest();
            tree = new ClaimTree(Claim.HeightOf((ulong)items.Length), items);
            list = AbiValue.List(items[2], tree.Claim.Root, (ulong)items.Length, rig.Context.TimestampSeconds);
            header = AbiValue.List(Hash(StepJudgeContract.Header, earlier), rig.Context.Number, 2UL, Hash(StepJudgeContract.List, list), forced, items[3], 101UL, rig.Context.TimestampSeconds);
        }
        while (HasZero(tree.Claim.Root) || HasZero(header[3].ToDigest()) || HasZero(Hash(StepJudgeContract.Header, header)));
        Digest32 before = rig.Machine.Leaf();
        (StepProof proof, _) = rig.Do(item);
        AbiValue opening = AbiValue.List(
            header, earlier, list, AbiValue.List(), default(L1Address), AbiValue.List([.. tree.Open(place).Select(sibling => (AbiValue)sibling)]), StepVerifierContract.Encode(proof));
        AbiValue[] arguments = [before, rig.Machine.Leaf(), forced + place, Hash(StepJudgeContract.Header, header), AbiValue.Of(AbiCodec.Encode(StepJudgeContract.Opening, opening))];
        Assert.True((await user.ReadAsync(judge, StepJudgeContract.Step, arguments))[0].ToBool());
        L1Receipt receipt = await user.SendAsync(judge, StepJudgeContract.Step.Encode(arguments), gas: Most);
        Assert.True(receipt.Succeeded);
        gas["StepJudge.step Transfer, 1500 payments"] = receipt.GasUsed;

        static Digest32 Hash(AbiType type, AbiValue value) => AbiCodec.Hash(type, value.Items);

        static bool HasZero(Digest32 digest) => digest.Span.Contains((byte)0);
    }

    private static async Task StepAsync(TestAccount user, L1Address contract, StepRig rig, string name, StepItem item, IDictionary<string, ulong> gas)
    {
        StepProof proof = rig.Prove(item);
        byte[] call = StepVerifierContract.Prove.Encode(rig.Machine.Leaf(), item.Digest(), rig.Context.Number, rig.Context.TimestampSeconds, false, StepVerifierContract.Encode(proof));
        if (item.Kind != StepKind.Close) Assert.True(rig.Do(item).Outcome.Status is TransitionStatus.Applied or TransitionStatus.SentBack, name);
        L1Receipt receipt = await user.SendAsync(contract, call, gas: Most);
        Assert.True(receipt.Succeeded, name);
        gas[$"StepVerifier.prove {name}"] = receipt.GasUsed;
    }
}
