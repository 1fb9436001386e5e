using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Tests.Derivation;

namespace Prozchain.Rollups.Tests.Sequencing;

public sealed class SequencerJournalTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    private static readonly PaymentAccess s_access = new(RollupHarness.ChainId);

    /// <summary>However long transactions are, and however many: records are cut by their bytes.</summary>
    [Theory]
    [InlineData(300, 60_000)]
    [InlineData(20_000, 1)]
    [InlineData(3, 1_000_000)]
    public void Transactions_OfMoreThanARecord_ComeBack(int count, int payload)
    {
        using var file = new FileTransactionJournal(_path);
        var journal = new SequencerJournal(file);
        Payment[] payments = [.. Enumerable.Range(0, count).Select(i => new Payment { Nonce = (ulong)i, Payload = new byte[payload] })];
        journal.NoteBeginning(new SequencerJournal.Beginning(3, 4, 5, 6, 7));
        journal.Note<Payment>(payments.AsSpan(0, 1), s_access);
        journal.Note<Payment>(payments.AsSpan(1), s_access);
        journal.NoteEnd();
        SequencerJournal.Noted noted = Assert.Single(journal.Read());
        Assert.Equal((new SequencerJournal.Beginning(3, 4, 5, 6, 7), true, count), (noted.Beginning, noted.IsClosed, noted.Items.Count));
        for (int i = 0; i < count; i++)
        {
            Assert.True(s_access.TryReadItem(noted.Items[i], out Payment payment));
            Assert.Equal(((ulong)i, payload), (payment.Nonce, payment.Payload.Length));
        }
    }

    /// <summary>A draft takes the place of all there is, or of nothing.</summary>
    [Fact]
    public void ADraft_IsWantedOrNot()
    {
        using var file = new FileTransactionJournal(_path);
        var journal = new SequencerJournal(file);
        for (ulong number = 1; number <= 2; number++)
        {
            journal.NoteBeginning(new SequencerJournal.Beginning(number, 0, 0, 0, 0));
            journal.Note<Payment>([new Payment { Nonce = number }], s_access);
        }
        List<SequencerJournal.Noted> before = journal.Read();
        foreach (bool isWanted in new[] { false, true })
        {
            journal.StartDraft();
            journal.Keep(before[0]);
            journal.NoteBeginning(new SequencerJournal.Beginning(2, 9, 9, 9, 9));
            journal.EndDraft(isWanted);
            List<SequencerJournal.Noted> after = journal.Read();
            Assert.Equal([1UL, 2UL], after.Select(batch => batch.Beginning.Number));
            Assert.Equal([1, isWanted ? 0 : 1], after.Select(batch => batch.Items.Count));
        }
        journal.Forget(2);
        Assert.Equal(2UL, Assert.Single(journal.Read()).Beginning.Number);
    }

    public void Dispose() => File.Delete(_path);
}
