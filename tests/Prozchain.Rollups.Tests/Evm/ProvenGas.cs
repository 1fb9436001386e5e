using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Tests.Settlement;
using C = Prozchain.Rollups.Evm.ProvenChainContract;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>
/// The rows of contracts/gas.json for validity mode, before a verifier that costs next to nothing. Proofs are as long as one
/// wrapped in Groth16, without zero bytes. Times are set: they are call data, whose zero bytes are cheaper.
/// </summary>
internal sealed class ProvenGas(AnvilNode node, TestAccount user, SortedDictionary<string, ulong> gas)
{
    /// <summary>Bytes of a proof of SP1 v6.0.0, wrapped in Groth16.</summary>
    public const int ProofBytes = 356;

    private const ulong Delay = 600;

    private static readonly byte[] s_proof = [.. Enumerable.Repeat((byte)0x5A, ProofBytes)];

    private readonly List<(Digest32 Leaf, ulong When)> _records = [];
    private ulong _now = 1_950_000_001, _appended;
    private L1Address _chain;

    public async Task MeasureAsync(bool hasCells)
    {
        L1Address verifier = (await user.SendAsync(null, ContractCode.Load("TestProof", typeof(ProvenGas).Assembly).Create(true))).Created!.Value;
        (L1Address registry, _) = await user.DeployAsync("ProofRegistry", user.Address, AbiValue.List(verifier), AbiValue.List(true), 1UL);
        (_chain, gas["ProvenChain.constructor"]) = await user.DeployAsync("ProvenChain", user.Address, AbiValue.List(user.Address), 1UL, registry, Delay, World.Root(1));
        byte[] certificate = await CertificateAsync();

        // A deposit was taken, and two batches proven: that warms the slots that every later one writes.
        await user.SendAsync(_chain, InboxContract.Enqueue.Encode(AbiValue.Of(new byte[] { 1 })), 1_000_000_000_000_000);
        await SendAsync(null, InboxContract.AppendCertified.Encode(_appended++, World.Root(8), 1_000_000UL, AbiValue.Of(certificate), 1UL, InboxContract.ListOf(World.Root(7), 1_500, _now)));
        for (int i = 0; i < 3; i++) await SendAsync(null, Append(certificate));
        await SendAsync("ProvenChain.prove first, empty verifier", Prove(0, default));
        await SendAsync(null, Prove(1, default));
        await SendAsync("ProvenChain.prove, empty verifier", Prove(1, default));
        await SendAsync("ProvenChain.prove with exits, empty verifier", Prove(1, World.Root(9)));
        await SendAsync(null, Append(certificate));
        // What a steady poster sends: the proof of a batch, which makes the one before final, and the next batch.
        await SendAsync("ProvenChain.multicall prove, appendCertified 1 signature, empty verifier", Both(Prove(1, default), Append(certificate)));
        await SendBlobAsync("ProvenChain.multicall prove, appendBlobs 1 blob, empty verifier", hasCells);
        _now += Delay;
        await SendAsync("ProvenChain.finalize", C.FinalizeBatches.Encode(Links(1), RecordOf(_records.Count - 1)));
        await SendAsync("ProvenChain.publish", C.Publish.Encode(Links(1), RecordOf(_records.Count - 1), World.Root(_records.Count - 1), default(Digest32)));
        await SendAsync(null, Prove(1, default));
        _now += Delay;
        await user.SendAsync(registry, ProofRegistryContract.Submit.Encode(0UL, World.Root(2), World.Root(3), World.Root(4), AbiValue.Of(s_proof)));
        await user.SendAsync(registry, ProofRegistryContract.Submit.Encode(0UL, World.Root(2), World.Root(5), World.Root(4), AbiValue.Of(s_proof)));
        await user.SendAsync(registry, ProofRegistryContract.Resume.Encode());
        await SendAsync("ProvenChain.restart 1 batch", C.Restart.Encode(Links(1), RecordOf(_records.Count - 1)));
    }

    private static byte[] Both(byte[] one, byte[] other) => C.Multicall.Encode(AbiValue.List(AbiValue.Of(one), AbiValue.Of(other)));

    // Of the next batch, in the next block.
    private byte[] Prove(int links, Digest32 exit)
    {
        Digest32 state = World.Root(_records.Count);
        byte[] call = C.Prove.Encode(Links(links), RecordOf(_records.Count - links), state, exit, AbiValue.List(0UL), AbiValue.List(AbiValue.Of(s_proof)));
        _now += Delay;
        _records.Add((StateChainContract.LeafOf(state, exit), _now + 1));
        return call;
    }

    private AbiValue Links(int count) => AbiValue.List([.. Enumerable.Range(0, count).Select(i => _records[_records.Count - 1 - i]).Select(record => AbiValue.List(record.Leaf, record.When))]);

    private Digest32 RecordOf(int count)
    {
        Digest32 record = default;
        for (int i = 0; i < count; i++) record = C.RecordOf((ulong)i + 1, _records[i].Leaf, _records[i].When, record);
        return record;
    }

    // Gas depends on the signature's zero bytes: one without.
    private async Task<byte[]> CertificateAsync()
    {
        while (true)
        {
            byte[] certificate = await L1Signature.SignAsync(user.Signer, InboxContract.DigestOfCertificate(AnvilNode.ChainId, _chain, World.Root(8), 1_000_000), TestContext.Current.CancellationToken);
            if (!certificate.AsSpan().Contains((byte)0)) return certificate;
        }
    }

    private byte[] Append(byte[] certificate) =>
        InboxContract.AppendCertified.Encode(_appended++, World.Root(8), 1_000_000UL, AbiValue.Of(certificate), 0UL, InboxContract.ListOf(World.Root(7), 1_500, _now));

    private async Task SendBlobAsync(string name, bool hasCells)
    {
        byte[] prove = Prove(1, default), append = InboxContract.AppendBlobs.Encode(_appended++, 1UL, 0UL, InboxContract.ListOf(World.Root(7), 1_500, _now));
        await NextAsync();
        L1Receipt receipt = await user.SendBlobAsync(_chain, Both(prove, append), hasCells);
        Assert.True(receipt.Succeeded, name);
        gas[name] = receipt.GasUsed;
    }

    private async Task SendAsync(string? name, byte[] call)
    {
        await NextAsync();
        L1Receipt receipt = await user.SendAsync(_chain, call);
        Assert.True(receipt.Succeeded, name);
        if (name is not null) gas[name] = receipt.GasUsed;
    }

    private async Task NextAsync() => await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(++_now)));
}
