using System.Security.Cryptography;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Tests.Replication;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>Requests for locks, alone and in bodies: docs/formats/sharding-atomic.md and sharding-replica.md.</summary>
public class LockFormatTests
{
    private static readonly LockRequest s_request = LockMachineTests.Request(LockMachineTests.Swap(40), 3);

    [Fact]
    public void Request_Bytes_AreFrozen()
    {
        byte[] bytes = s_request.Encoded.ToArray();
        Assert.Equal("9bf9d0cd55bb47fcb761d419d3b2f4d0e5af467ae9a680e2273d3893108829b6", Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(ReadResult.Ok, LockRequest.TryRead(bytes, out LockRequest? read));
        Assert.Equal((s_request.Transaction.Id, s_request.Attempt), (read!.Transaction.Id, read.Attempt));
        Assert.Equal(s_request.Cells, read.Cells);
    }

    [Fact]
    public void Request_WrongBytes_NeverThrows()
    {
        byte[] good = s_request.Encoded.ToArray();
        for (int length = 0; length < good.Length; length++) Assert.NotEqual(ReadResult.Ok, LockRequest.TryRead(good.AsSpan(0, length), out _));
        Assert.Equal(ReadResult.TrailingBytes, LockRequest.TryRead([.. good, 0], out _));
        Assert.Equal(ReadResult.UnknownVersion, LockRequest.TryRead([1, .. good[1..]], out _));
        HostileBytes.Feed([good], bytes =>
        {
            if (LockRequest.TryRead(bytes, out LockRequest? read) == ReadResult.Ok) Assert.Equal(bytes.ToArray(), read!.Encoded.ToArray());
        }, count: 30_000);
    }

    [Fact]
    public void IsSigned_AnotherPlanOrKey_False()
    {
        var verifier = new TestVerifier();
        Assert.True(s_request.IsSigned(verifier));
        byte[] other = s_request.Encoded.ToArray();
        // The attempt's number stands before its epoch, the cells, the signer and the signature.
        int at = other.Length - (1 + SignatureSchemes.P256SignatureSize) - 1 - 2 * (Digest.Size + 1) - 1 - sizeof(ulong) - sizeof(uint);
        Assert.Equal(3, other[at]);
        other[at] = 4;
        Assert.Equal(ReadResult.Ok, LockRequest.TryRead(other, out LockRequest? forged));
        Assert.False(forged!.IsSigned(verifier));
        Assert.Throws<ArgumentException>(() => LockRequest.Sign(s_request.Transaction, new Attempt(1, 1), s_request.Cells.ToArray(), TestNetwork.Wallet(77)));
        Assert.Throws<ArgumentException>(() => LockRequest.Sign(s_request.Transaction, new Attempt(0, 1), s_request.Cells.ToArray(), TestNetwork.Wallet(MachineWorld.Wallet(0))));
    }

    [Fact]
    public void Body_LocksAndPrepared_ReadBack()
    {
        var builder = new MicroBlockBuilder();
        ShardBody.Build(builder, [], [], [], locks: [s_request], prepared: [s_request]);
        byte[] bytes = TestNetwork.Encode(builder.Write);
        ShardBody body = ShardBody.TryRead(bytes)!;
        Assert.Equal(s_request.Encoded.ToArray(), Assert.Single(body.Locks).Encoded.ToArray());
        Assert.Equal(s_request.Encoded.ToArray(), Assert.Single(body.Prepared).Encoded.ToArray());
        var random = new Random((int)TestSettings.Seed);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            ShardBody.TryRead(damaged.AsMemory(0, random.Next(2) == 0 ? damaged.Length : random.Next(damaged.Length)));
        }
    }
}
