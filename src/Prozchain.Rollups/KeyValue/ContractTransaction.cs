using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.KeyValue;

/// <summary>A transaction of the rollup of small contracts: it puts a program on the rollup, or runs one. A value, not proof of anything.</summary>
public readonly record struct ContractTransaction
{
    /// <summary>Bytes of a program or an input at most.</summary>
    public const int MaxData = 1 << 10;

    /// <summary>A larger gas limit is malformed: no run takes longer than this.</summary>
    public const ulong MaxGas = 10_000_000;

    internal const int MessageSize = 21 + 8 + AccountAddress.Size + 8 + Digest32.Size + 8 + 4;

    /// <summary>The account that acts.</summary>
    public AccountAddress Sender { get; init; }

    /// <summary>Number of earlier transactions of the sender that took effect or failed.</summary>
    public ulong Nonce { get; init; }

    /// <summary>The contract to run; zero to deploy one.</summary>
    public Digest32 Contract { get; init; }

    /// <summary>Execution gas that the run may use, the intrinsic part included.</summary>
    public ulong GasLimit { get; init; }

    /// <summary>The program to deploy, or the input of the run.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The sender's signature.</summary>
    public Authorization Signed { get; init; }

    /// <summary>The transaction with the sender's signature.</summary>
    public ContractTransaction Sign(ISigner sender, ulong chainId)
    {
        ArgumentNullException.ThrowIfNull(sender);
        var message = new byte[MessageSize + Data.Length];
        WriteMessage(chainId, message);
        var signature = new byte[sender.SignatureSize];
        sender.Sign(message, signature);
        return this with { Signed = new Authorization(sender.PublicKey, signature) };
    }

    internal void WriteMessage(ulong chainId, Span<byte> destination)
    {
        "Prozchain contract v0"u8.CopyTo(destination);
        destination = destination[21..];
        BinaryPrimitives.WriteUInt64LittleEndian(destination, chainId);
        Sender.CopyTo(destination[8..]);
        destination = destination[(8 + AccountAddress.Size)..];
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Nonce);
        Contract.Span.CopyTo(destination[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], GasLimit);
        BinaryPrimitives.WriteInt32LittleEndian(destination[48..], Data.Length);
        Data.Span.CopyTo(destination[52..]);
    }
}
