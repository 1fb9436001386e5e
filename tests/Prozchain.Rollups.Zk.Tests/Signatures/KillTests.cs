using System.Diagnostics;
using Prozchain.Rollups.Zk.Ports;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using Signer = Prozchain.Rollups.Zk.Signatures.HashSigner<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Tree = Prozchain.Rollups.Zk.Signatures.HashKeyTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Verifier = Prozchain.Rollups.Zk.Signatures.HashVerifier<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

/// <summary>A wallet that is killed about the moment in which a key's use is noted never uses a key twice.</summary>
public sealed class KillTests
{
    private const string FolderVariable = "PROZCHAIN_WALLET", LifeVariable = "PROZCHAIN_WALLET_LIFE";

    // Each life signs once, and dies within its second signature.
    private enum Death
    {
        BeforeNoting = 0,
        BetweenNotingAndHandOver = 1,
        BetweenTheCopies = 2,
        AfterHandOver = 3,
    }

    [Fact]
    public void Sign_KilledBetweenNotingAndHandOver_UsesNoKeyTwice()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable) ?? Directory.CreateTempSubdirectory("prozchain").FullName;
        using Tree tree = Tree.Generate(new byte[32], height: 3);
        if (ChildTest.Role == "wallet")
        {
            Live(tree, folder, (Death)int.Parse(Environment.GetEnvironmentVariable(LifeVariable)!, System.Globalization.CultureInfo.InvariantCulture));
            return;
        }
        try
        {
            FileKeyIndexStore.Create(StoreOf(folder), tree.PublicKey.Span).Dispose();
            foreach (Death death in Enum.GetValues<Death>())
            {
                ChildResult result = ChildTest.Run("wallet", new Dictionary<string, string?> { [FolderVariable] = folder, [LifeVariable] = ((int)death).ToString(System.Globalization.CultureInfo.InvariantCulture) });
                Assert.True(result.ExitCode != 0 && !result.ReachedEnd && !result.TimedOut, $"Expected the child to be killed, got {result.Describe()}");
            }
            Check(tree, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Check(Tree tree, string folder)
    {
        var verifier = new Verifier();
        var indexes = new List<uint>();
        foreach (string file in Directory.GetFiles(folder, "*.signature"))
        {
            byte[] signature = File.ReadAllBytes(file);
            Assert.True(verifier.Verify(tree.PublicKey.Span, Message(Path.GetFileNameWithoutExtension(file)), signature), $"Expected {Path.GetFileName(file)} to be valid.");
            Assert.True(HashSignature.TryReadIndex(signature, out uint index));
            indexes.Add(index);
        }
        // One from each of four lives, and the one that was handed over before its death.
        Assert.Equal(5, indexes.Count);
        Assert.Equal(indexes.Count, indexes.Distinct().Count());
        using FileKeyIndexStore store = FileKeyIndexStore.Open(StoreOf(folder), tree.PublicKey.Span);
        Assert.True(store.Next > indexes.Max(), $"Expected the store past {indexes.Max()}, got {store.Next}.");
        // Two deaths lost a key that was noted and not used.
        Assert.Equal(7u, store.Next);
    }

    private static void Live(Tree tree, string folder, Death death)
    {
        using FileKeyIndexStore store = FileKeyIndexStore.Open(StoreOf(folder), tree.PublicKey.Span);
        Sign(new Signer(tree, store), $"{death} first");
        if (death == Death.AfterHandOver)
        {
            Sign(new Signer(tree, store), $"{death} second");
            Die();
        }
        Sign(new Signer(tree, new Deadly(store, folder, death)), $"{death} second");

        void Sign(Signer signer, string name)
        {
            var signature = new byte[signer.SignatureSize];
            signer.Sign(Message(name), signature);
            File.WriteAllBytes(Path.Combine(folder, name + ".signature"), signature);
        }
    }

    private static void Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static byte[] Message(string name) => System.Text.Encoding.UTF8.GetBytes(name);

    private static string StoreOf(string folder) => Path.Combine(folder, "index");

    // Kills the process about a noting.
    private sealed class Deadly(FileKeyIndexStore store, string folder, Death death) : IKeyIndexStore
    {
        public uint Next => store.Next;

        public void Advance(uint next)
        {
            if (death == Death.BeforeNoting) Die();
            if (death == Death.BetweenNotingAndHandOver) store.Advance(next);
            else WriteTheFirstCopyAlone(next);
            Die();
        }

        private void WriteTheFirstCopyAlone(uint next)
        {
            store.Dispose();
            byte[] before = File.ReadAllBytes(StoreOf(folder));
            using (FileKeyIndexStore again = FileKeyIndexStore.Open(StoreOf(folder), before.AsSpan(1, HashSignature.KeySize))) again.Advance(next);
            byte[] after = File.ReadAllBytes(StoreOf(folder));
            File.WriteAllBytes(StoreOf(folder), [.. after[..FileKeyIndexStore.Page], .. before[FileKeyIndexStore.Page..]]);
        }
    }
}
