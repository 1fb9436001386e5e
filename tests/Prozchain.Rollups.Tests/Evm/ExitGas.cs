using System.Buffers.Binary;
using System.Text.Json;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>The rows of contracts/gas.json for the way out: withdrawals, messages, the hatch, data challenges.</summary>
internal static class ExitGas
{
    private const ulong Rollup = 9, Day = 86_400;

    // A payment between P-256 keys as a step: rollups-step.md.
    private const int PaymentItem = 309;

    private static readonly UInt128 s_fee = 1_000_000_000_000_000;

    public static async Task MeasureAsync(AnvilNode node, TestAccount user, SortedDictionary<string, ulong> gas, bool hasP256)
    {
        var recipient = new L1Address([.. Enumerable.Repeat((byte)0x77, 20)]);
        (L1Address inbox, _) = await user.DeployAsync("Inbox", user.Address, AbiValue.List(), 0UL);
        L1Address finality = await TestContractAsync("TestFinality"), receiver = await TestContractAsync("TestReceiver");
        ulong nonce = (await node.Client.GetNonceAsync(user.Address, L1Client.Latest, TestContext.Current.CancellationToken)).Value!.Value;
        L1Address hatch = L1Address.OfCreated(user.Address, nonce + 1);
        (L1Address bridge, _) = await user.DeployAsync("Bridge", inbox, finality, default(L1Address), hatch, Rollup, 600UL, Day, 200UL, default(L1Address));
        (_, gas["EscapeHatch.constructor 2^20 claims"]) = await user.DeployAsync(
            "EscapeHatch", finality, bridge, inbox, 60 * Day, AbiValue.List(7 * Day, 7 * Day, 64_800UL, 4UL, 21UL, 1UL << 20, 3_600UL, Day), AbiValue.List(default(L1Address), default(L1Address)));
        (L1Address messages, gas["MessageRoot.constructor"]) = await user.DeployAsync("MessageRoot", inbox, finality, hatch, Rollup, default(L1Address));
        (L1Address challenges, gas["DataChallenge.constructor"]) = await user.DeployAsync("DataChallenge", inbox, Day, Day, 5UL);
        // The heads of the forced queue hash times, and are call data.
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(1_909_000_001)));
        await user.SendAsync(bridge, BridgeContract.DepositEther.Encode(1_000_000UL, 1UL, default(Digest32)), s_fee + 1_000_000);

        var log = new EffectLog();
        log.Begin(new BatchContext(Rollup, 0, 0, 0));
        for (int i = 0; i < 1_000; i++) log.Withdraw(0, i == 2 ? 500_000u : 50u, recipient);
        AccountAddress sender = AccountAddress.FromPublicKey([1, .. new byte[64]]);
        log.Send(sender, receiver, "message"u8);
        P256Signer owner = new([.. Enumerable.Repeat((byte)9, 32)]);
        StateStore<KeccakTree> state = StateOf(AccountAddress.FromPublicKey(owner.PublicKey.Span));
        await user.SendAsync(finality, TestFinalityTwin.Set.Encode(state.Root(), log.ExitRoot()));
        await Do("Bridge.withdraw first, 1000 effects", bridge, Withdraw(0));
        await Do("Bridge.withdraw, 1000 effects", bridge, Withdraw(1));
        await Do("Bridge.withdraw that waits", bridge, Withdraw(2));
        await Do("MessageRoot.relay, 1000 effects", messages, MessageRootContract.Relay.Encode(
            0UL, 1_000UL, (ulong)sender.Scheme, sender.Digest, receiver, AbiValue.Of("message"u8.ToArray()), Path(log.Prove(1_000))));
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(1_909_000_061)));
        await Do("MessageRoot.send", messages, MessageRootContract.Send.Encode(1UL, sender.Digest, AbiValue.Of("message"u8.ToArray())), s_fee);

        await PayOutAsync(node, bridge, hatch, recipient, gas);

        byte[] data = DataChallengeSuite.Data(ChunkCommitment.ChunkSize * 3);
        // Times are set: they are call data, whose zero bytes are cheaper.
        const ulong now = 1_910_000_001;
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(now + 1)));
        byte[][] items = [.. Enumerable.Range(0, 1_500).Select(i => Enumerable.Range(0, PaymentItem).Select(j => (byte)(1 + (i + j) % 255)).ToArray())];
        var tree = new ClaimTree(Claim.HeightOf((ulong)items.Length), [.. items.Select(item => new StepItem(StepKind.Payment, item).Digest())]);
        AbiValue list = InboxContract.ListOf(tree.Claim.Root, (ulong)items.Length, now);
        L1Receipt appended = await user.SendAsync(inbox, InboxContract.AppendCertified.Encode(0UL, ChunkCommitment.Compute(data), (ulong)data.Length, AbiValue.Of(ReadOnlyMemory<byte>.Empty), 2UL, list));
        Assert.True(appended.Succeeded);
        ulong time = (await node.Client.GetBlockAsync(Hex.Quantity(appended.BlockNumber), TestContext.Current.CancellationToken)).Value!.Value.Timestamp;
        AbiValue batch = AbiValue.List(default(Digest32), 2UL, InboxContract.CommitmentOf(ChunkCommitment.Compute(data), list), 2UL, (await user.ReadAsync(inbox, InboxContract.ForcedHeads, 1UL))[0], appended.BlockNumber, time);
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(now + 60)));
        L1Receipt late = await user.SendAsync(bridge, BridgeContract.DepositEther.Encode(1_000UL, 1UL, ChunkCommitment.Root(data)), s_fee + 1_000);
        await Do("DataChallenge.challenge", challenges, DataChallengeContract.Challenge.Encode(0UL, batch, 1UL), 5);
        await Do("DataChallenge.challengeList", challenges, DataChallengeContract.ChallengeList.Encode(0UL, batch, 40UL), 5);
        await user.SendAsync(challenges, DataChallengeContract.Challenge.Encode(0UL, batch, 2UL), 5);
        await Do("DataChallenge.answer 131072 bytes", challenges, DataChallengeContract.Answer.Encode(
            0UL, 1UL, (ulong)data.Length, ChunkCommitment.Root(data), list, AbiValue.Of(data.AsMemory(ChunkCommitment.ChunkSize, ChunkCommitment.ChunkSize)), Path(ChunkCommitment.Prove(data, 1))));
        Digest32[] above = [.. Enumerable.Range(4, tree.Height - 4).Select(level => tree.Node(level, (40UL >> (level - 4)) ^ 1))];
        await Do("DataChallenge.answerList 16 payments", challenges, DataChallengeContract.AnswerList.Encode(
            0UL, 40UL, ChunkCommitment.Compute(data), list, AbiValue.List([.. items.Skip(640).Take(16).Select(item => AbiValue.Of(item))]), Path(above)));

        await node.AdvanceAsync(TimeSpan.FromHours(25));
        await Do("DataChallenge.expire", challenges, DataChallengeContract.Expire.Encode(0UL, 2UL));
        await node.AdvanceAsync(TimeSpan.FromDays(61));
        await Do("Bridge.release", bridge, BridgeContract.Release.Encode(0UL, 2UL, 0UL, log[2].Amount, recipient));
        await Do("EscapeHatch.freeze", hatch, EscapeHatchContract.Freeze.Encode());
        await Do("EscapeHatch.showBatch", hatch, EscapeHatchContract.ShowBatch.Encode([.. batch.Items]));
        await Do("EscapeHatch.reclaim", hatch, EscapeHatchContract.Reclaim.Encode(2UL, 0UL, 1_000UL, 1UL, ChunkCommitment.Root(data), user.Address, late.BlockNumber, now + 60));
        // Accounts are P-256 keys, and before Osaka there is no precompile for them.
        if (hasP256)
        {
            EscapeProof proof = EscapeProof.TryMake(state, AccountAddress.FromPublicKey(owner.PublicKey.Span), 0)!;
            var signature = new byte[65];
            do owner.Sign(proof.Message(AnvilNode.ChainId, hatch, recipient), signature);
            while (signature.AsSpan().Contains((byte)0));
            await Do("EscapeHatch.escape, 1000 leaves", hatch, proof.Call(hatch, recipient, owner.PublicKey.Span, signature).Input.ToArray());
        }
        owner.Dispose();

        byte[] Withdraw(int i) => BridgeContract.Withdraw.Encode(0UL, (ulong)i, 0UL, log[i].Amount, recipient, Path(log.Prove(i)));

        async Task<L1Address> TestContractAsync(string name) => (await user.SendAsync(null, ContractCode.Load(name, typeof(ExitGas).Assembly).Create())).Created!.Value;

        async Task Do(string name, L1Address to, byte[] call, UInt128 value = default)
        {
            L1Receipt receipt = await user.SendAsync(to, call, value, 16_000_000);
            Assert.True(receipt.Succeeded, name);
            gas[name] = receipt.GasUsed;
        }
    }

    // Only the hatch may, which the node lets speak for itself.
    private static async Task PayOutAsync(AnvilNode node, L1Address bridge, L1Address hatch, L1Address recipient, SortedDictionary<string, ulong> gas)
    {
        string from = Hex.Data(hatch.Span);
        await node.FundAsync(hatch);
        await node.DoAsync(RpcRequest.Of("anvil_impersonateAccount", from));
        JsonElement sent = await node.DoAsync(new RpcRequest("eth_sendTransaction", json =>
        {
            json.WriteStartObject();
            json.WriteString("from", from);
            json.WriteString("to", Hex.Data(bridge.Span));
            json.WriteString("gas", Hex.Quantity(1_000_000));
            json.WriteString("data", Hex.Data(BridgeContract.PayOut.Encode(0UL, 70UL, recipient)));
            json.WriteEndObject();
        }));
        var hash = new Digest32(Convert.FromHexString(sent.GetString()![2..]));
        L1Receipt? receipt = null;
        while ((receipt = (await node.Client.GetReceiptsAsync([hash], TestContext.Current.CancellationToken))[0].Value) is null) await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.True(receipt.Succeeded);
        gas["Bridge.payOut"] = receipt.GasUsed;
    }

    private static AbiValue Path(Digest32[] siblings) => AbiValue.List([.. siblings.Select(sibling => (AbiValue)sibling)]);

    private static StateStore<KeccakTree> StateOf(AccountAddress owner)
    {
        var state = new StateStore<KeccakTree>();
        var amount = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(amount, 200);
        state.Write(PaymentKeys.Account(owner), new byte[16]);
        state.Write(PaymentKeys.Balance(owner, 0), amount);
        for (int i = 0; i < 1_000; i++) state.Write(new Digest32(Hashing.Keccak(BitConverter.GetBytes(i))), amount);
        return state;
    }
}
