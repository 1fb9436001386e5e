using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>Addresses, RLP, recovery and signing against published values; anvil judges whole transactions elsewhere.</summary>
public sealed class L1TransactionTests
{
    private const string Key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Address_WithTheChecksumsOfEip55_RoundTrips(string text)
    {
        Assert.True(L1Address.TryParse(text, out L1Address address));
        Assert.Equal(text, address.ToString());
        Assert.True(L1Address.TryParse(text.ToLowerInvariant(), out L1Address same));
        Assert.Equal(address, same);
        char flipped = char.IsAsciiLetterUpper(text[^2]) ? char.ToLowerInvariant(text[^2]) : char.ToUpperInvariant(text[^2]);
        Assert.Equal(!char.IsAsciiLetter(text[^2]), L1Address.TryParse($"{text[..^2]}{flipped}{text[^1]}", out _));
        Assert.False(L1Address.TryParse(text.AsSpan(0, 41), out _));
        Assert.False(L1Address.TryParse(text[..^1] + "g", out _));
    }

    [Fact]
    public async Task Addresses_OfAKnownKey_AreTheKnownOnes()
    {
        using var signer = new Secp256k1Signer(Convert.FromHexString(Key));
        Assert.Equal("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", L1Address.FromPublicKey(signer.PublicKey.Span).ToString());
        SignedL1Transaction first = await Transaction(0).SignAsync(signer, TestContext.Current.CancellationToken);
        Assert.Equal("0x5FbDB2315678afecb367f032d93F642f64180aa3", first.Created().ToString());
    }

    [Fact]
    public void TryRecover_OfTheExampleOfEip155_GivesItsSender()
    {
        byte[] signature = Convert.FromHexString("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276" + "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
        byte[] digest = Convert.FromHexString("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"), key = new byte[64];
        Assert.True(Secp256k1.TryRecover(digest, signature, isOdd: false, key));
        Assert.Equal("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F", L1Address.FromPublicKey(key).ToString());
    }

    [Fact]
    public void TryRecover_OfWycheproofSignatures_GivesTheKeyOfValidOnesOnly()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("wycheproof/ecdsa_secp256k1_sha256_bitcoin_test.json")));
        int valid = 0, invalid = 0;
        foreach (JsonElement group in file.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] expected = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!)[1..];
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                if (!TryReadDer(Convert.FromHexString(test.GetProperty("sig").GetString()!), out byte[] signature)) continue;
                byte[] digest = SHA256.HashData(Convert.FromHexString(test.GetProperty("msg").GetString()!)), key = new byte[64];
                bool found = false;
                for (int parity = 0; parity < 2; parity++)
                    found |= Secp256k1.TryRecover(digest, signature, parity == 1, key) && key.AsSpan().SequenceEqual(expected);
                // r below p - n but R's x above n: no transaction can say so.
                bool isValid = test.GetProperty("result").GetString() == "valid" && !test.GetProperty("comment").GetString()!.Contains("is larger than n", StringComparison.Ordinal);
                if (isValid != found)
                    Assert.Fail($"{test.GetProperty("tcId")}: {test.GetProperty("comment")}, expected {isValid}, got {found}.");
                if (found) valid++; else invalid++;
            }
        }
        Assert.True(valid > 90 && invalid > 20, $"{valid} valid, {invalid} invalid");
    }

    [Fact]
    public void Rlp_OfTheKnownExamples_GivesTheirBytes()
    {
        Assert.Equal("83646f67", Hex(new RlpWriter().Write("dog"u8)));
        Assert.Equal("c88363617483646f67", Hex(new RlpWriter().WriteList(list => list.Write("cat"u8).Write("dog"u8))));
        Assert.Equal("80", Hex(new RlpWriter().Write([])));
        Assert.Equal("80", Hex(new RlpWriter().Write(UInt128.Zero)));
        Assert.Equal("0f", Hex(new RlpWriter().Write((UInt128)15)));
        Assert.Equal("820400", Hex(new RlpWriter().Write((UInt128)1024)));
        Assert.Equal("c7c0c1c0c3c0c1c0", Hex(new RlpWriter().WriteList(a => a
            .WriteList(_ => { }).WriteList(b => b.WriteList(_ => { })).WriteList(b => b.WriteList(_ => { }).WriteList(c => c.WriteList(_ => { }))))));
        Assert.Equal("b838", Hex(new RlpWriter().Write(new byte[56]))[..4]);
    }

    [Theory]
    [InlineData("8101")]
    [InlineData("b801ff")]
    [InlineData("b90038")]
    [InlineData("bf0000000000000001")]
    [InlineData("83646f")]
    [InlineData("b8")]
    [InlineData("bbffffffff")]
    [InlineData("c0")]
    public void RlpReader_OfALongerOrBrokenEncoding_IsRefused(string digits)
    {
        var reader = new RlpReader(Convert.FromHexString(digits));
        Assert.False(reader.TryReadBytes(out _));
    }

    [Fact]
    public async Task Sign_ThenRead_GivesTheSameTransactionAndSender()
    {
        using var signer = new Secp256k1Signer(Convert.FromHexString(Key));
        L1Address sender = L1Address.FromPublicKey(signer.PublicKey.Span);
        // Enough that both recovery ids and signatures with leading zeros come up.
        for (ulong nonce = 0; nonce < 40; nonce++)
        {
            SignedL1Transaction signed = await Transaction(nonce).SignAsync(signer, TestContext.Current.CancellationToken);
            Assert.True(L1Transaction.TryRead(signed.Raw.Span, out SignedL1Transaction? read));
            Assert.Equal((sender, signed.Hash, nonce), (read!.Sender, read.Hash, read.Body.Nonce));
            Assert.Equal(signed.Body.SigningHash(), read.Body.SigningHash());
        }
    }

    [Fact]
    public async Task TryRead_OfHostileBytes_NeverThrows()
    {
        using var signer = new Secp256k1Signer(Convert.FromHexString(Key));
        SignedL1Transaction signed = await Transaction(5).SignAsync(signer, TestContext.Current.CancellationToken);
        HostileBytes.Feed([signed.Raw.ToArray()], bytes =>
        {
            if (L1Transaction.TryRead(bytes, out SignedL1Transaction? read)) Assert.NotNull(read);
        }, 800);
    }

    [Fact]
    public async Task Sign_WithASignerThatLies_Throws() =>
        await Assert.ThrowsAsync<CryptographicException>(async () => await Transaction(1).SignAsync(new Liar(), TestContext.Current.CancellationToken));

    [Fact]
    public void Signer_WithAKeyOutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Secp256k1Signer(new byte[31]));
        Assert.Throws<ArgumentException>(() => new Secp256k1Signer(new byte[32]));
        Assert.Throws<ArgumentException>(() => new Secp256k1Signer(Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")));
    }

    private static L1Transaction Transaction(ulong nonce) => new(31337, nonce, 1, 2_000_000_000, 21_000, new L1Address(new byte[20]), 5, "data"u8.ToArray());

    private static bool TryReadDer(byte[] der, out byte[] signature)
    {
        signature = new byte[64];
        try
        {
            AsnReader outer = new(der, AsnEncodingRules.DER), inner = outer.ReadSequence();
            BigInteger r = inner.ReadInteger(), s = inner.ReadInteger();
            if (inner.HasData || outer.HasData || r.Sign <= 0 || s.Sign <= 0 || r.GetBitLength() > 256 || s.GetBitLength() > 256) return false;
            signature = [.. Bytes(r), .. Bytes(s)];
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static byte[] Bytes(BigInteger value)
    {
        byte[] digits = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - digits.Length], .. digits];
    }

    private static string Hex(RlpWriter writer) => Convert.ToHexStringLower(writer.Written);

    private sealed class Liar : IL1Signer
    {
        public ReadOnlyMemory<byte> PublicKey { get; } = new byte[64];

        public ValueTask SignAsync(ReadOnlyMemory<byte> digest, Memory<byte> signature, CancellationToken cancellation)
        {
            signature.Span.Fill(1);
            return ValueTask.CompletedTask;
        }
    }
}
