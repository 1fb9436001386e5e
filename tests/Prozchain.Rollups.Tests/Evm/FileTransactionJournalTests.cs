using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>What the file holds after cuts and rewriting.</summary>
public sealed class FileTransactionJournalTests
{
    [Fact]
    public void Journal_Rewritten_HoldsTheNewRecords()
    {
        string path = Path.Combine(Path.GetTempPath(), $"prozchain-{Guid.NewGuid():N}.journal");
        try
        {
            using (var journal = new FileTransactionJournal(path))
            {
                journal.Append([1]);
                journal.Append([2, 2]);
                journal.Rewrite([new byte[] { 2, 2 }]);
                journal.Append([3]);
                Assert.Equal(2, journal.ReadAll().Count);
                Assert.Throws<IOException>(() => new FileTransactionJournal(path));
            }
            using var again = new FileTransactionJournal(path);
            Assert.Equal(["0202", "03"], again.ReadAll().Select(record => Convert.ToHexString(record.Span)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Journal_CutShortAnywhere_KeepsWholeRecords()
    {
        string path = Path.Combine(Path.GetTempPath(), $"prozchain-{Guid.NewGuid():N}.journal");
        try
        {
            using (var journal = new FileTransactionJournal(path))
            {
                for (int i = 0; i < 3; i++) journal.Append(new byte[i * 10]);
                Assert.Throws<ArgumentException>(() => journal.Append(new byte[FileTransactionJournal.MaxRecord + 1]));
                Assert.Throws<IOException>(() => new FileTransactionJournal(path));
            }
            byte[] whole = File.ReadAllBytes(path);
            for (int length = 0; length <= whole.Length; length++)
            {
                File.WriteAllBytes(path, whole[..length]);
                using (var cut = new FileTransactionJournal(path))
                {
                    Assert.Equal(length < 8 ? 0 : length < 26 ? 1 : length < 54 ? 2 : 3, cut.ReadAll().Count);
                    cut.Append([1, 2, 3]);
                }
                using var again = new FileTransactionJournal(path);
                Assert.Equal([1, 2, 3], again.ReadAll()[^1].ToArray());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
