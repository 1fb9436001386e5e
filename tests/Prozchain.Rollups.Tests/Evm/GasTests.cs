using System.Text.Json;
using Prozchain.Rollups.Evm;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>
/// Gas of every call that changes state, to the unit, against contracts/gas.json, fork by fork. PROZCHAIN_APPROVE=1 writes
/// the table; reviewing its diff is approving the cost.
/// </summary>
[Collection(AnvilCollection.Name)]
public sealed class GasTests
{
    private static readonly string s_path = Path.Combine(RepositoryRoot.Path, "contracts", "gas.json");
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true };

    [Theory]
    [InlineData("prague")]
    [InlineData("osaka")]
    public async Task Calls_OnEachFork_CostWhatTheTableSays(string fork)
    {
        using AnvilNode node = AnvilNode.Start(fork);
        SortedDictionary<string, ulong> measured = await MeasureAsync(node, hasP256: fork != "prague");
        SortedDictionary<string, SortedDictionary<string, ulong>> table = File.Exists(s_path)
            ? JsonSerializer.Deserialize<SortedDictionary<string, SortedDictionary<string, ulong>>>(File.ReadAllText(s_path))!
            : [];
        if (TestSettings.IsApproving)
        {
            table[fork] = measured;
            File.WriteAllText(s_path, JsonSerializer.Serialize(table, s_options) + "\n");
            return;
        }
        Assert.True(table.ContainsKey(fork), $"contracts/gas.json knows no fork '{fork}'.");
        string[] wrong = [.. table[fork].Keys.Union(measured.Keys).Where(row => table[fork].GetValueOrDefault(row) != measured.GetValueOrDefault(row)).Select(row => $"{row}: {table[fork].GetValueOrDefault(row)} in the table, {measured.GetValueOrDefault(row)} measured")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    /// <summary>
    /// What an optimistic batch with data off-chain costs a transaction: its certificate, the claim about it, and its share of
    /// the call that makes 32 batches final and gives their bonds back.
    /// </summary>
    [Theory]
    [InlineData(300, 500)]
    [InlineData(1_500, 100)]
    public void OptimisticBatch_PerTransaction_CostsNoMoreThanTheTarget(ulong transactions, ulong target)
    {
        Dictionary<string, Dictionary<string, ulong>> table = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, ulong>>>(File.ReadAllText(s_path))!;
        foreach ((string fork, Dictionary<string, ulong> gas) in table)
        {
            Assert.InRange(gas["StateChain.propose"], 1UL, 86_000UL);
            ulong batch = gas["Inbox.appendCertified 1 signature"] + gas["StateChain.propose"] + gas["StateChain.finalize and refund 32 batches"] / 32;
            Assert.True(batch <= transactions * target, $"{fork}: {batch} gas for {transactions} transactions.");
        }
    }

    /// <summary>
    /// What a proven batch costs a transaction: the one call that proves a batch, makes the one before final and appends the next, as it
    /// was measured before a verifier that costs next to nothing, and what a verifier of a proof wrapped in Groth16 adds, as published.
    /// </summary>
    [Theory]
    [InlineData(165, 2_000)]
    [InlineData(660, 500)]
    public void ProvenBatch_PerTransaction_CostsNoMoreThanStated(ulong transactions, ulong target)
    {
        // SP1 v6.0.0: its published proof of 356 bytes before its published verifier (sp1-contracts) is a transaction of 246,672 gas. In it
        // are the transaction itself and the proof as call data, at most 16 gas a byte, which the call that was measured has as well.
        const ulong wrapped = 246_672 - 21_000 - 16 * ProvenGas.ProofBytes;
        Dictionary<string, Dictionary<string, ulong>> table = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, ulong>>>(File.ReadAllText(s_path))!;
        foreach ((string fork, Dictionary<string, ulong> gas) in table)
            foreach (string append in (string[])["appendCertified 1 signature", "appendBlobs 1 blob"])
            {
                ulong call = gas[$"ProvenChain.multicall prove, {append}, empty verifier"], batch = call + wrapped;
                string sum = $"{fork}, {append}: {call} + {wrapped} = {batch} gas for {transactions} transactions, {(double)batch / transactions:F1} each.";
                TestContext.Current.SendDiagnosticMessage(sum);
                Assert.True(batch <= transactions * target, sum);
            }
    }

    private static async Task<SortedDictionary<string, ulong>> MeasureAsync(AnvilNode node, bool hasP256)
    {
        var gas = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        using TestAccount user = await TestAccount.CreateAsync(node, 0x51);
        var recipient = new Digest32(Hashing.Keccak("recipient"u8));
        var commitment = new Digest32(Hashing.Keccak("commitment"u8));
        byte[] kilobyte = [.. Enumerable.Range(0, 1000).Select(i => (byte)(1 + i % 255))];

        // The sequencer has posted before: two batches warm the slots that every batch after them writes.
        (L1Address inbox, gas["Inbox.constructor"]) = await user.DeployAsync("Inbox", user.Address, AbiValue.List(user.Address), 1UL);
        (L1Address bridge, gas["Bridge.constructor"]) = await user.DeployAsync("Bridge", inbox, default(L1Address), default(L1Address), default(L1Address), 9UL, 1UL, 0UL, 0UL, default(L1Address));
        (L1Address registry, gas["StakeRegistry.constructor"]) = await user.DeployAsync("StakeRegistry", AbiValue.List(user.Address), 604_800UL, (UInt128)1_000);
        UInt128 fee = 1_000_000_000_000_000;

        // Times are set: they are call data, whose zero bytes are cheaper.
        const ulong now = 1_850_000_001;
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(now + 1)));
        AbiValue list = InboxContract.ListOf(recipient, 1_500, now);
        await Do("Inbox.appendCalldata first", inbox, InboxContract.AppendCalldata.Encode(0UL, AbiValue.Of(kilobyte), 0UL, list));
        await Do("Inbox.appendCalldata 1000 bytes", inbox, InboxContract.AppendCalldata.Encode(1UL, AbiValue.Of(kilobyte), 0UL, list));
        Digest32 digest = InboxContract.DigestOfCertificate(AnvilNode.ChainId, inbox, commitment, 1_000_000);
        // Gas depends on the signature's zero bytes: one without.
        byte[] certificate;
        do certificate = await L1Signature.SignAsync(user.Signer, digest, TestContext.Current.CancellationToken);
        while (certificate.AsSpan().Contains((byte)0));
        await Do("Inbox.appendCertified 1 signature", inbox, InboxContract.AppendCertified.Encode(2UL, commitment, 1_000_000UL, AbiValue.Of(certificate), 0UL, list));
        await Do("Inbox.enqueue first", inbox, InboxContract.Enqueue.Encode(AbiValue.Of(kilobyte.AsMemory(0, 100))), fee);
        await Do("Inbox.enqueue 100 bytes", inbox, InboxContract.Enqueue.Encode(AbiValue.Of(kilobyte.AsMemory(0, 100))), fee);
        await Do("Inbox.enqueue 1000 bytes", inbox, InboxContract.Enqueue.Encode(AbiValue.Of(kilobyte)), fee);
        await Do("Inbox.appendCalldata 1000 bytes, 2 forced", inbox, InboxContract.AppendCalldata.Encode(3UL, AbiValue.Of(kilobyte), 2UL, list));
        L1Receipt posted = await user.SendBlobAsync(inbox, InboxContract.AppendBlobs.Encode(4UL, 1UL, 0UL, list), hasCells: hasP256);
        Assert.True(posted.Succeeded);
        gas["Inbox.appendBlobs 1 blob"] = posted.GasUsed;
        await Do("Inbox.collect", inbox, InboxContract.Collect.Encode());

        await Do("Bridge.depositEther first", bridge, BridgeContract.DepositEther.Encode((UInt128)5_000, 1UL, recipient), fee + 5_000);
        await Do("Bridge.depositEther", bridge, BridgeContract.DepositEther.Encode((UInt128)5_000, 1UL, recipient), fee + 5_000);
        L1Receipt made = await user.SendAsync(null, ContractCode.Load("TestToken", typeof(GasTests).Assembly).Create(0UL));
        await user.SendAsync(made.Created, new AbiFunction("mint(address,uint256)").Encode(user.Address, 1_000UL));
        await Do("Bridge.register", bridge, BridgeContract.Register.Encode(made.Created!.Value));
        await Do("Bridge.depositToken first", bridge, BridgeContract.DepositToken.Encode(1UL, (UInt128)10, 1UL, recipient), fee);
        await Do("Bridge.depositToken", bridge, BridgeContract.DepositToken.Encode(1UL, (UInt128)10, 1UL, recipient), fee);

        await Do("StakeRegistry.stake", registry, StakeRegistryContract.Stake.Encode(), 3_000);
        await Do("StakeRegistry.unstake", registry, StakeRegistryContract.Unstake.Encode((UInt128)2_000));
        await Do("StakeRegistry.slash", registry, StakeRegistryContract.Slash.Encode(user.Address, (UInt128)500, user.Address));
        await Do("StakeRegistry.collect", registry, StakeRegistryContract.Collect.Encode());
        await node.AdvanceAsync(TimeSpan.FromDays(8));
        await Do("StakeRegistry.withdraw", registry, StakeRegistryContract.Withdraw.Encode());

        AbiValue members = AbiValue.List([user.Address, .. Enumerable.Range(1, 7).Select(i => (AbiValue)new L1Address(Enumerable.Repeat((byte)i, 20).ToArray()))]);
        (L1Address guardian, gas["Guardian.constructor 8 members"]) = await user.DeployAsync("Guardian", user.Address, members, 604_800UL);
        await Do("Guardian.pause", guardian, GuardianContract.Pause.Encode());
        await Do("Guardian.approveCall", guardian, GuardianContract.ApproveCall.Encode(inbox, AbiValue.Of(InboxContract.Collect.Encode()), recipient));
        // Before Osaka there is no precompile for P-256.
        if (hasP256) await StepGas.MeasureAsync(user, gas);
        await new ChainGas(node, user, gas).MeasureAsync();
        await ExitGas.MeasureAsync(node, user, gas, hasP256);
        await new ProvenGas(node, user, gas).MeasureAsync(hasCells: hasP256);
        await new SegmentGas(node, user, gas).MeasureAsync();
        await EscapeGas.MeasureAsync(node, user, gas);
        return gas;

        async Task Do(string name, L1Address to, byte[] call, UInt128 value = default)
        {
            L1Receipt receipt = await user.SendAsync(to, call, value);
            Assert.True(receipt.Succeeded, name);
            gas[name] = receipt.GasUsed;
        }
    }
}
