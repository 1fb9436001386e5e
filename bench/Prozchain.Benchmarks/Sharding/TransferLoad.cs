using System.Buffers.Binary;
using Prozchain.Sharding;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>A network over four shards and signed transfers for it: each wallet sends in turn, most of it to other shards.</summary>
internal sealed class TransferLoad : IDisposable
{
    private const int Wallets = 256, Validators = 8;
    private const ulong ChainId = 1;

    private readonly P256Signer[] _wallets = Signers(Wallets, 1);
    private readonly P256Signer[] _validators = Signers(Validators, 2);

    public TransferLoad(int count)
    {
        Address[] addresses = [.. _wallets.Select(wallet => Address.FromPublicKey(wallet.PublicKey.Span))];
        var transfers = new Transfer[count];
        for (int i = 0; i < count; i++)
            transfers[i] = Transfer.Sign(_wallets[i % Wallets], ChainId, addresses[(7 * i + 3) % Wallets], 1 + (ulong)i % 1000, (ulong)(i / Wallets));
        Transfers = transfers;
        Options = new EngineOptions
        {
            ChainId = ChainId,
            Accounts = [.. addresses.Select(address => new GenesisAccount(address, 1_000_000_000))],
            Validators = [.. _validators.Select(signer => new EngineValidator(signer, 32))],
        };
    }

    public Transfer[] Transfers { get; }

    /// <summary>Four shards, four seats each; its log is to be replaced for each engine.</summary>
    public EngineOptions Options { get; }

    public void Dispose()
    {
        foreach (P256Signer signer in _wallets) signer.Dispose();
        foreach (P256Signer signer in _validators) signer.Dispose();
    }

    private static P256Signer[] Signers(int count, byte kind)
    {
        var signers = new P256Signer[count];
        byte[] seed = new byte[32];
        seed[31] = kind;
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(seed, i);
            signers[i] = new P256Signer(seed);
        }
        return signers;
    }
}
