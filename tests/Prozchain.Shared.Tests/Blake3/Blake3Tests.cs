using System.Runtime.Intrinsics;
using Prozchain.Shared;

namespace Prozchain.Shared.Tests;

/// <summary>Known answers from the official test_vectors.json of BLAKE3: first 32 bytes of each output.</summary>
public class Blake3Tests
{
    private static readonly byte[] s_key = "whats the Elvish word for friend"u8.ToArray();
    private const string Context = "BLAKE3 2019-12-27 16:29:52 test vectors context";

    public static TheoryData<int, string, string, string> Official => new()
    {
        { 0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26", "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d" },
        { 1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213", "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b", "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c" },
        { 1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11", "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e", "74a16c1c3d44368a86e1ca6df64be6a2f64cce8f09220787450722d85725dea5" },
        { 1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7", "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4", "7356cd7720d5b66b6d0697eb3177d9f8d73a4a5c5e968896eb6a689684302706" },
        { 1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444", "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69", "effaa245f065fbf82ac186839a249707c3bddf6d3fdda22d1b95a3c970379bcb" },
        { 2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a", "879cf1fa2ea0e79126cb1063617a05b6ad9d0b696d0d757cf053439f60a99dd1", "7b2945cb4fef70885cc5d78a87bf6f6207dd901ff239201351ffac04e1088a23" },
        { 2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030", "9f29700902f7c86e514ddc4df1e3049f258b2472b6dd5267f61bf13983b78dd5", "2ea477c5515cc3dd606512ee72bb3e0e758cfae7232826f35fb98ca1bcbdf273" },
        { 3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3", "68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a", "72613c9ec9ff7e40f8f5c173784c532ad852e827dba2bf85b2ab4b76f7079081" },
        { 4097, "9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995", "00df940cd36bb9fa7cbbc3556744e0dbc8191401afe70520ba292ee3ca80abbc", "aca51029626b55fda7117b42a7c211f8c6e9ba4fe5b7a8ca922f34299500ead8" },
        { 5121, "628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff", "6ccf1c34753e7a044db80798ecd0782a8f76f33563accaddbfbb2e0ea4b2d024", "b07f01e518e702f7ccb44a267e9e112d403a7b3f4883a47ffbed4b48339b3c34" },
        { 7169, "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817", "ed9b1a922c046fdb3d423ae34e143b05ca1bf28b710432857bf738bcedbfa511", "554b0a5efea9ef183f2f9b931b7497995d9eb26f5c5c6dad2b97d62fc5ac31d9" },
    };

    [Theory]
    [MemberData(nameof(Official))]
    public void Hash_OfficialVector_Matches(int length, string hash, string keyed, string derived)
    {
        byte[] input = Pattern(length);
        var output = new byte[32];
        Blake3.Hash(input, output);
        Assert.Equal(hash, Convert.ToHexStringLower(output));
        Blake3.KeyedHash(s_key, input, output);
        Assert.Equal(keyed, Convert.ToHexStringLower(output));
        Blake3.DeriveKey(Context, input, output);
        Assert.Equal(derived, Convert.ToHexStringLower(output));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1024)]
    [InlineData(1500)]
    public void Update_InPieces_EqualsOneShot(int piece)
    {
        byte[] input = Pattern(5000);
        var hasher = new Blake3Hasher();
        for (int at = 0; at < input.Length; at += piece) hasher.Update(input.AsSpan(at, Math.Min(piece, input.Length - at)));
        byte[] pieces = new byte[32], whole = new byte[32];
        hasher.Finish(pieces);
        Blake3.Hash(input, whole);
        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void Hash_EveryCountOfChunks_EqualsInPieces()
    {
        byte[] expected = new byte[32], whole = new byte[32];
        for (int chunks = 1; chunks <= 300; chunks += chunks < 40 ? 1 : 13)
        {
            foreach (int rest in (int[])[-1023, -960, -1, 0, 1])
            {
                using var input = new Testing.GuardedMemory<byte>(Pattern(1024 * chunks + rest));
                var hasher = new Blake3Hasher();
                for (int at = 0; at < input.Span.Length; at += 700) hasher.Update(input.Span.Slice(at, Math.Min(700, input.Span.Length - at)));
                hasher.Finish(expected);
                Blake3.Hash(input.Span, whole);
                Assert.Equal(expected, whole);
            }
        }
    }

    [Fact]
    public void Finish_WithTheLastInput_EqualsAnUpdateBefore()
    {
        byte[] input = Pattern(400_000), expected = new byte[32], got = new byte[32];
        Blake3.Hash(input, expected);
        foreach (int split in (int[])[0, 1, 1024, 2048, 131072, 131073, 262144, 400_000])
        {
            var hasher = new Blake3Hasher();
            hasher.Update(input.AsSpan(0, split));
            hasher.Finish(input.AsSpan(split), got);
            Assert.Equal(expected, got);
        }
    }

    [Fact]
    public void Node_AnyLanes_AreTheSame()
    {
        foreach (int length in (int[])[1025, 2048, 4097, 5120, 8192, 9000, 16384, 17000, 33000, 65536, 100_000, 131072])
        {
            byte[] input = Pattern(length);
            foreach (Blake3Flags root in (Blake3Flags[])[Blake3Flags.None, Blake3Flags.Root])
            {
                // A first chunk whose number has a high half.
                const ulong First = 3UL << 34;
                Blake3Words wide = Blake3Tree.Node<Words512, Vector512<uint>>(input, Blake3Core.InitialVector, Blake3Flags.None, First, root);
                Blake3Words middle = Blake3Tree.Node<Words256, Vector256<uint>>(input, Blake3Core.InitialVector, Blake3Flags.None, First, root);
                Blake3Words narrow = Blake3Tree.Node<Words128, Vector128<uint>>(input, Blake3Core.InitialVector, Blake3Flags.None, First, root);
                Assert.Equal(Bytes(narrow), Bytes(middle));
                Assert.Equal(Bytes(narrow), Bytes(wide));
            }
        }
    }

    private static byte[] Bytes(Blake3Words words)
    {
        var bytes = new byte[32];
        words.Write(bytes);
        return bytes;
    }

    [Fact]
    public void Hash_WarmedUp_AllocatesNothing()
    {
        byte[] input = Pattern(300_000), output = new byte[32];
        Testing.AllocationAssert.None(() => Blake3.Hash(input, output));
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
}
