// Logs that grow while they are read, and readers on several threads.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "sample.h"

using namespace rowlog;
using namespace sample;

TEST_CASE("what is flushed is seen, and what was seen stays") {
  const Folder folder;
  writeFile(folder / "log", {});
  Reader reader(folder / "log");
  CHECK_FALSE(reader.poll());
  Writer writer(folder / "log");
  define(writer);
  std::vector<PlainRow> all;
  std::vector<Rows> snapshots;
  for (int round = 0; round < 5; ++round) {
    for (const auto& row : raggedRows(7, 1000 * round)) {
      put(writer, row);
      all.push_back(row);
    }
    CHECK_FALSE(reader.poll());
    writer.flush();
    CHECK(reader.poll());
    CHECK_FALSE(reader.poll());
    CHECK(plain(reader.rows()) == all);
    CHECK(reader.column("size")->size() == reader.count("size"));
    snapshots.push_back(reader.rows());
  }
  CHECK(snapshots[1].size() == 14);
  CHECK(plain(snapshots[1])[13] == all[13]);
  CHECK_FALSE(reader.isComplete());
  writer.close();
  CHECK_FALSE(reader.poll());
  CHECK(reader.isComplete());
  writeLog(folder / "log", raggedRows(3, 9000), 100, true);
  CHECK(reader.poll());
  CHECK(reader.rowCount() == 38);
  CHECK(reader.isComplete());
}

TEST_CASE("a torn end becomes whole") {
  const Folder folder;
  const auto rows = raggedRows(8);
  writeLog(folder / "whole", rows, 4);
  const Content bytes = contentOf(folder / "whole");
  std::ofstream file(folder / "log", std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), 10).flush();
  Reader reader(folder / "log", with(OnError::fail));
  for (std::size_t at = 10; at < bytes.size(); at += 37) {
    const auto count = std::min<std::size_t>(37, bytes.size() - at);
    file.write(reinterpret_cast<const char*>(bytes.data() + at), static_cast<std::streamsize>(count)).flush();
    reader.poll();
    CHECK(reader.rowCount() % 4 == 0);
  }
  CHECK(plain(reader.rows()) == rows);
  CHECK(reader.isComplete());
  CHECK(reader.damage().empty());
}

TEST_CASE("plain records grow, in the middle of a row and of a record") {
  const Folder folder;
  const auto rows = raggedRows(30);
  writeLog(folder / "log", rows);
  exportRecords(Reader(folder / "log"), folder / "whole");
  const Content bytes = contentOf(folder / "whole");
  ReadOptions options;
  options.names = Reader(folder / "log").ids();
  std::ofstream file(folder / "records", std::ios::binary);
  file.flush();
  Reader reader(folder / "records", options);
  for (std::size_t at = 0; at < bytes.size(); at += 31) {
    const auto count = std::min<std::size_t>(31, bytes.size() - at);
    file.write(reinterpret_cast<const char*>(bytes.data() + at), static_cast<std::streamsize>(count)).flush();
    reader.poll();
    CHECK(reader.recordCount() == (at + count) / 12);
  }
  CHECK(plain(reader.rows()) == rows);
}

TEST_CASE("waiting ends with what comes, with the time, or when it is told to") {
  const Folder folder;
  Writer writer(folder / "log");
  const int x = writer.define("x");
  writer.flush();
  Reader reader(folder / "log");
  CHECK_FALSE(reader.wait(0.01));
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    writer.row(1);
    writer.put(x, 1.0);
    writer.flush();
  });
  CHECK(reader.wait(20));
  later.join();
  CHECK(reader.rowCount() == 1);
  std::thread ender([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    reader.cancel();
  });
  CHECK_THROWS_AS(reader.wait(20), Cancelled);
  ender.join();
}

TEST_CASE("many threads read, while one takes in what another writes") {
  const Folder folder;
  Writer writer(folder / "log");
  define(writer);
  put(writer, raggedRows(3)[2]);
  writer.flush();
  Reader reader(folder / "log");
  std::atomic<bool> done{false};
  std::thread writes([&] {
    for (int round = 0; round < 60; ++round) {
      for (const auto& row : raggedRows(20, 100 * round)) put(writer, row);
      writer.flush();
      std::this_thread::yield();
    }
    done = true;
  });
  std::vector<std::thread> readers;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      while (!done) {
        const auto rows = reader.rows();
        std::size_t count = 0;
        for (const auto row : rows) count += row.contains("price");
        wrong += count == 0;
        const auto column = reader.column("price");
        wrong += column->size() != column->times().size();
        wrong += reader.columns().size() != 4;
        wrong += reader.where(Filter::greater("signal", 3)).size() > reader.rowCount();
        wrong += reader.getIdName(2) != "price";
      }
    });
  while (!done) reader.poll();
  writes.join();
  for (auto& one : readers) one.join();
  reader.poll();
  CHECK(wrong == 0);
  CHECK(reader.rowCount() == 1201);
}
