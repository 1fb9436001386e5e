using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>A funded account of a test: signs locally, and waits for the receipt of a chain that mines at once.</summary>
internal sealed class TestAccount : IDisposable
{
    private readonly AnvilNode _node;

    private TestAccount(AnvilNode node, byte seed)
    {
        _node = node;
        var key = new byte[32];
        Array.Fill(key, seed);
        Signer = new Secp256k1Signer(key);
        Address = L1Address.FromPublicKey(Signer.PublicKey.Span);
    }

    public Secp256k1Signer Signer { get; }

    public L1Address Address { get; }

    public static async Task<TestAccount> CreateAsync(AnvilNode node, byte seed)
    {
        var account = new TestAccount(node, seed);
        await node.FundAsync(account.Address);
        return account;
    }

    public async Task<SignedL1Transaction> SignAsync(L1Address? to, ReadOnlyMemory<byte> data, UInt128 value = default, ulong gas = 5_000_000)
    {
        L1Answer<ulong?> nonce = await _node.Client.GetNonceAsync(Address, L1Client.Latest, TestContext.Current.CancellationToken);
        Assert.True(nonce.IsOk, nonce.Fault);
        return await new L1Transaction(AnvilNode.ChainId, nonce.Value!.Value, 1_000_000_000, 100_000_000_000, gas, to, value, data)
            .SignAsync(Signer, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends and returns the receipt, successful or not.</summary>
    public async Task<L1Receipt> SendAsync(L1Address? to, ReadOnlyMemory<byte> data, UInt128 value = default, ulong gas = 5_000_000)
    {
        SignedL1Transaction signed = await SignAsync(to, data, value, gas);
        return await SendRawAsync(signed, signed.Raw);
    }

    /// <summary>Sends a call with a blob of zeros, whose commitment, and every proof of it, is the point at infinity. Gas of the blob itself is another market's.</summary>
    public async Task<L1Receipt> SendBlobAsync(L1Address to, ReadOnlyMemory<byte> data, bool hasCells)
    {
        ReadOnlyMemory<byte> infinity = (byte[])[0xC0, .. new byte[47]];
        var sidecar = new L1BlobSidecar([new byte[L1BlobSidecar.BlobSize]], [infinity], [.. Enumerable.Repeat(infinity, hasCells ? L1BlobSidecar.CellsPerBlob : 1)]);
        SignedL1Transaction blobs = await SignAsync(to, data);
        blobs = await (blobs.Body with { Blobs = new L1Blobs(1_000_000_000, sidecar.Hashes()) }).SignAsync(Signer, TestContext.Current.CancellationToken);
        return await SendRawAsync(blobs, blobs.WithSidecar(sidecar));
    }

    /// <summary>Sends the form of a signed transaction that goes to a node.</summary>
    public async Task<L1Receipt> SendRawAsync(SignedL1Transaction signed, ReadOnlyMemory<byte> raw)
    {
        (SendOutcome outcome, string message) = await _node.Client.SendAsync(raw, TestContext.Current.CancellationToken);
        Assert.True(outcome == SendOutcome.Accepted, message);
        // The node answers before it mines.
        for (int i = 0; i < 1000; i++)
        {
            L1Answer<L1Receipt>[] receipts = await _node.Client.GetReceiptsAsync([signed.Hash], TestContext.Current.CancellationToken);
            if (receipts[0].Value is { } receipt) return receipt;
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        throw new InvalidOperationException("Expected the transaction in a block.");
    }

    /// <summary>Creates a contract and returns where it is.</summary>
    public async Task<(L1Address Address, ulong Gas)> DeployAsync(string contract, params AbiValue[] arguments)
    {
        L1Receipt receipt = await SendAsync(null, ContractCode.Load(contract).Create(arguments), gas: 10_000_000);
        Assert.True(receipt.Succeeded, contract);
        return (receipt.Created!.Value, receipt.GasUsed);
    }

    /// <summary>Asserts that the call reverts with one of the known errors, and returns it in words.</summary>
    public async Task<string> RevertAsync(L1Address to, ReadOnlyMemory<byte> data, AbiFunction[] errors, UInt128 value = default)
    {
        L1Answer<byte[]> answer = await _node.Client.CallAsync(to, data, TestContext.Current.CancellationToken, Address, value);
        Assert.Equal(RpcStatus.NodeError, answer.Status);
        return RevertReason.Describe(answer.RevertData, errors);
    }

    public async Task<AbiValue> ReadAsync(L1Address contract, AbiFunction function, params AbiValue[] arguments)
    {
        L1Answer<byte[]> answer = await _node.Client.CallAsync(contract, function.Encode(arguments), TestContext.Current.CancellationToken);
        Assert.True(answer.IsOk, answer.Fault);
        Assert.Equal(AbiReadResult.Ok, function.TryDecodeOutput(answer.Value, out AbiValue values));
        return values;
    }

    public void Dispose() => Signer.Dispose();
}
